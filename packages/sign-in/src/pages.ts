import type { CredentialError } from '@valetkey/core'
import { isCredentialError } from '@valetkey/core'

/** Nothing is loaded, sent, framed or cached; no other site gets the address of a callback, which contains a code. */
const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'content-type': 'text/html; charset=utf-8',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
}

interface Link {
  /** `''` is the page's own address. */
  readonly href: string
  readonly text: string
}

/** A small page. Text from a browser or a vendor is in it only if the caller adds it, escaped. */
export function page(
  status: number,
  text: string,
  link?: Link,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const anchor = link ? `\n<p><a href="${escaped(link.href)}">${escaped(link.text)}</a></p>` : ''
  const body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sign in</title>
<main>
<p>${escaped(text)}</p>${anchor}
</main>
</html>
`
  return new Response(body, { status, headers: { ...PAGE_HEADERS, ...headers } })
}

/** Says what the user can do about an error. @param again where another sign-in begins; undefined if none was requested */
export function errorPage(error: CredentialError, again: string | undefined): Response {
  const signInAgain = again === undefined ? undefined : { href: again, text: 'Sign in' }
  if (error.isRetryable) {
    const reload = again === undefined ? undefined : { href: '', text: 'Try again' }
    return page(503, 'The service cannot be reached now. Please try again in a moment.', reload)
  }
  if (isCredentialError(error, 'sign_in_failed')) return page(400, textOf(error.reason), signInAgain)
  return page(500, `This sign-in cannot be used now (${error.code}).`)
}

function textOf(reason: string): string {
  if (reason === 'access_denied') return 'Access was not allowed.'
  if (reason === 'other_credential') return 'This sign-in was begun by another user. Please sign in again.'
  return 'This sign-in has ended. Please sign in again.'
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char)
}

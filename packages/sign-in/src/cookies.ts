import { isSecureEnough } from '@valetkey/core/kit'
import { endOf } from './seal.ts'

/** As long as a sign-in may take. */
const MAX_AGE_SECONDS = 10 * 60

/** Of one browser, over all vendors of this host: a tab each. */
const MAX_SIGN_INS = 5

/** Name and value, of all of them: servers such as nginx refuse requests with more than 8 KiB of cookies, the program's included. */
const MAX_CHARACTERS = 6 * 1024

/** Browsers keep no larger cookie (RFC 6265bis §5.6). */
const MAX_COOKIE_CHARACTERS = 4096

/** Browsers take a cookie of this name only over https, for the whole host and for no other (RFC 6265bis §4.1.3.2). */
const HOST_PREFIX = '__Host-'
const NAME = 'valetkey-'

/** 132 bits of a digest: they identify the cookie of a callback without its `state`. */
const DIGEST_CHARACTERS = 22

interface Cookie {
  readonly name: string
  readonly value: string
}

/**
 * The name of a sign-in's cookie, without the prefix that it has over https.
 * @param state of the sign-in or of a callback
 */
export async function cookieOf(state: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(state)))
  const text = btoa(String.fromCharCode(...digest))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
  return NAME + text.slice(0, DIGEST_CHARACTERS)
}

/**
 * The prefix of a cookie's name. Over plain http browsers keep no `Secure` cookie; callbacks arrive by http only if the
 * credential permits it. If `redirectUri` is a name and not a URL, only loopback hosts count as http.
 * @param seen this server as browsers see it
 */
export function cookiePrefix(redirectUri: string, seen: string): string {
  if (/^http:/i.test(redirectUri)) return ''
  const isNamed = !/^https:/i.test(redirectUri)
  const { protocol } = new URL(seen)
  return isNamed && protocol === 'http:' && isSecureEnough(new URL(seen), true) ? '' : HOST_PREFIX
}

/** The cookie of this name, with or without the prefix; its value is untrusted. */
export function findCookie(request: Request, cookie: string): Cookie | undefined {
  const found = signInCookies(request).filter(({ name }) => name === cookie || name === HOST_PREFIX + cookie)
  return found.find(({ name }) => name.startsWith(HOST_PREFIX)) ?? found[0]
}

/** `Set-Cookie` headers that keep a sign-in, and remove the oldest ones if there are too many; undefined if it is too large. */
export function keepCookie(request: Request, kept: Cookie): readonly string[] | undefined {
  if (sizeOf(kept) > MAX_COOKIE_CHARACTERS) return undefined
  // Browsers send the oldest cookie first (RFC 6265 §5.4): it is used if two were set at once.
  const newestFirst = signInCookies(request)
    .toReversed()
    .toSorted((a, b) => endOf(b.value) - endOf(a.value))
  const all = [kept, ...newestFirst]
  const ended = newestFirst.filter((_, index) => {
    const size = all.slice(0, index + 2).reduce((sum, each) => sum + sizeOf(each), 0)
    return index + 2 > MAX_SIGN_INS || size > MAX_CHARACTERS
  })
  return [setCookie(kept, MAX_AGE_SECONDS), ...ended.map(endCookie)]
}

/** A `Set-Cookie` header that removes the cookie. */
export function endCookie({ name }: Cookie): string {
  return setCookie({ name, value: '' }, 0)
}

function setCookie({ name, value }: Cookie, maxAgeSeconds: number): string {
  const secure = name.startsWith(HOST_PREFIX) ? '; Secure' : ''
  return `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`
}

function sizeOf({ name, value }: Cookie): number {
  return name.length + value.length
}

function signInCookies({ headers }: Request): Cookie[] {
  const pairs = (headers.get('cookie') ?? '').split(';').flatMap((text): Cookie[] => {
    const at = text.indexOf('=')
    return at < 0 ? [] : [{ name: text.slice(0, at).trim(), value: text.slice(at + 1).trim() }]
  })
  const isOurs = /^(?:__Host-)?valetkey-[\w-]{22}$/
  return pairs.filter(({ name }) => isOurs.test(name))
}

import { formEncode } from './encode-request.ts'

/**
 * The vendor's own words for an error message: without the secrets that the request or the answer held (a vendor may echo them),
 * on one line, without control characters, cut to 256.
 */
export function describe(words: unknown, secrets: readonly string[]): string | undefined {
  if (typeof words !== 'string') return undefined
  const line = maskSecrets(words, secrets)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
  // Enough for a reason, too little for a page; with `u` no character is cut in half.
  return /^.{1,256}/u.exec(line)?.[0]
}

/** Longest first: a secret that begins with another one must not lose only its beginning. */
function maskSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .flatMap(formsOf)
    .filter((form) => form !== '')
    .sort((a, b) => b.length - a.length)
    .reduce((masked, form) => masked.replaceAll(form, '***'), text)
}

/** A secret as the request's header, form, query or JSON body wrote it. */
function formsOf(secret: string): string[] {
  const form = formEncode(secret)
  return [secret, form, form.replaceAll('+', '%20'), JSON.stringify(secret).slice(1, -1)]
}

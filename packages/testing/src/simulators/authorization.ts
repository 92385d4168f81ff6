/** What a Basic header holds (RFC 7617), as UTF-8 and not decoded any further; `undefined` without such a header. */
export function readBasic(
  authorization: string | null | undefined,
): { readonly user: string; readonly password: string } | undefined {
  const encoded = authorization?.match(/^basic ([a-z0-9+/]+=*)$/i)?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** The token of a Bearer header; the empty text without one. */
export function readBearer(authorization: string | null | undefined): string {
  return authorization?.match(/^bearer (.+)$/i)?.[1] ?? ''
}

/** The text behind its form encoding (RFC 6749 appendix B); `undefined` for what no encoder writes, such as a lone `%`. */
export function formDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

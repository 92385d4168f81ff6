/** Longer paths do not fit into a cookie with the rest; the user gets the page of the option `returnTo` instead. */
const MAX_PATH_CHARACTERS = 1024

const BASE = 'https://server.invalid'

/**
 * A path of this server, with query and fragment, as the URL parser prints it; undefined for anything that a browser could read as
 * another host: `//evil.example`, `/\evil.example`, `/.//evil.example`, `https:evil.example`.
 */
export function ownPath(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > MAX_PATH_CHARACTERS || !text.startsWith('/')) return undefined
  if (!URL.canParse(text, BASE)) return undefined
  const { origin, pathname, search, hash } = new URL(text, BASE)
  return origin === BASE && !pathname.startsWith('//') ? pathname + search + hash : undefined
}

/** Web servers and frameworks add or remove a slash at the end. */
export function withoutSlash(path: string): string {
  return path.replace(/\/$/, '')
}

/**
 * Whether a POST comes from a page of this server. Browsers state it in `Sec-Fetch-Site`; older ones send the page's origin.
 * @param seen the origin of this server as browsers see it, where it is known
 */
export function isOwnPost({ headers, url }: Request, seen: string | undefined): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin'
  const origin = headers.get('origin') ?? ''
  if (seen !== undefined || !URL.canParse(origin)) return origin === seen
  // Behind a proxy that ends TLS the request is one by http.
  return new URL(origin).host === new URL(url).host
}

/**
 * Whether the user may have intended a GET: a click in a page of this server, a typed address, or a request without
 * `Sec-Fetch-*` headers. Another site's link or image may not begin a sign-in, nor a prefetch of this server's page.
 */
export function isOwnNavigation({ headers }: Request): boolean {
  const site = headers.get('sec-fetch-site') ?? 'none'
  const destination = headers.get('sec-fetch-dest') ?? 'document'
  return (site === 'none' || site === 'same-origin') && destination === 'document' && !headers.has('sec-purpose')
}

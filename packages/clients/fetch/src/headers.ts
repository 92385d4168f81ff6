type Names = Readonly<Record<string, string>>

/** Whether the headers, in any form that fetch takes, hold one of the (lower-case) names. */
export function hasHeader(headers: HeadersInit | null | undefined, names: readonly string[]): boolean {
  if (isHeaders(headers)) return names.some((name) => headers.has(name))
  if (Array.isArray(headers)) return headers.some(([name]) => names.includes(String(name).toLowerCase()))
  for (const name in headers) if (names.includes(name.toLowerCase())) return true
  return false
}

/** A copy of the headers in their own form, with `added`. */
export function withHeaders(headers: HeadersInit | null | undefined, added: Names): HeadersInit {
  if (Array.isArray(headers)) return [...headers, ...Object.entries(added)]
  if (!isHeaders(headers)) return { ...headers, ...added }
  const copy = new Headers(headers)
  for (const name in added) copy.set(name, added[name] ?? '')
  return copy
}

/** A copy of what `withHeaders` gave, without what it added. */
export function withoutHeaders(headers: HeadersInit | null | undefined, added: Names): HeadersInit {
  if (Array.isArray(headers)) return headers.filter(([name]) => added[name] === undefined)
  if (!isHeaders(headers))
    return Object.fromEntries(Object.entries({ ...headers }).filter(([name]) => added[name] === undefined))
  const copy = new Headers(headers)
  for (const name in added) copy.delete(name)
  return copy
}

/** Other iterables may be readable once only; as an array they can be read again. */
export function withReadableHeaders(init: RequestInit | undefined): RequestInit | undefined {
  const headers: unknown = init?.headers
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers) || isHeaders(headers)) return init
  return Symbol.iterator in headers ? { ...init, headers: Array.from(headers as Iterable<[string, string]>) } : init
}

/** By its methods, since a fetch may come with a `Headers` of its own. */
function isHeaders(headers: unknown): headers is Headers {
  return typeof headers === 'object' && headers !== null && 'append' in headers && typeof headers.append === 'function'
}

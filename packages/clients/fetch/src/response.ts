import type { Authorization } from '@valetkey/core'
import { encode, withoutQuery } from './query.ts'

type Query = Authorization['query']

/** The response, which shows its URL without the secrets of `query`, as all its clones do, and says whether it was redirected. */
export function showWithout(query: Query, response: Response, redirected: boolean): Response {
  const clone = response.clone?.bind(response)
  for (const symbol of Object.getOwnPropertySymbols(response)) cleanInternals(Reflect.get(response, symbol), query)
  return Object.defineProperties(response, {
    url: { configurable: true, value: withoutQuery(response.url, query) },
    redirected: { configurable: true, value: redirected },
    clone: { configurable: true, value: () => showWithout(query, clone(), redirected) },
  })
}

/** node-fetch and the fetch of Node 20 keep their URLs under a symbol, where inspection finds them. */
function cleanInternals(internals: unknown, query: Query): void {
  if (typeof internals !== 'object' || internals === null) return
  if ('url' in internals && typeof internals.url === 'string') internals.url = withoutQuery(internals.url, query)
  if (!('urlList' in internals) || !Array.isArray(internals.urlList)) return
  for (const url of internals.urlList) if (url instanceof URL) url.href = withoutQuery(url.href, query)
}

/** Some fetches write the whole URL into their errors, and into those that caused them. */
export function maskError(error: unknown, query: Query): unknown {
  for (let it = error, depth = 0; it instanceof Error && depth < 5; it = it.cause, depth += 1) maskMembers(it, query)
  return error
}

function maskMembers(error: Error, query: Query): void {
  for (const name of new Set(['message', 'stack', ...Object.keys(error)])) {
    const text: unknown = Reflect.get(error, name)
    const masked = typeof text === 'string' ? mask(text, query) : text
    if (masked !== text) Object.defineProperty(error, name, { value: masked, configurable: true, writable: true })
  }
}

function mask(text: string, query: Query): string {
  return Object.values(query).reduce(
    (masked, value) => masked.replaceAll(encode(value), '***').replaceAll(value, '***'),
    text,
  )
}

import type { Authorization } from '@valetkey/core'
import { encode } from './query.ts'

type Query = Authorization['query']

interface Shown {
  readonly url: string
  readonly redirected: boolean
}

/** The response, which with all its clones says this of itself. */
export function showAs(response: Response, shown: Shown): Response {
  const clone = response.clone.bind(response)
  // node-fetch keeps the URL under a symbol, where inspection finds it.
  for (const symbol of Object.getOwnPropertySymbols(response)) {
    const internals: unknown = Reflect.get(response, symbol)
    if (typeof internals === 'object' && internals !== null && 'url' in internals) internals.url = shown.url
  }
  return Object.defineProperties(response, {
    url: { configurable: true, value: shown.url },
    redirected: { configurable: true, value: shown.redirected },
    clone: { configurable: true, value: () => showAs(clone(), shown) },
  })
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

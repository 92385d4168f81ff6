import type { Authorization } from '@valetkey/core'
import { hasMethods, isJsonAnswer, parseJsonInTime, parseJsonStream, withoutQuery } from '@valetkey/core/kit'

/** node-fetch's clones stop at this much until the other one is read. */
const NODE_STREAM_LIMIT_BYTES = 16_384

/** What a body says as JSON, read from a copy. Only of JSON, and only for a second: other answers are handed over at once. */
export async function readJson(response: Response): Promise<unknown> {
  const header = (name: string) => response.headers.get(name)
  const { body } = response
  if (body === null || !isJsonAnswer(header)) return undefined
  if (body && 'getReader' in body) {
    const copy = response.clone()
    // Cloning puts another stream in its place.
    if (response.body) allowCancel(response.body)
    return copy.body ? parseJsonStream(copy.body) : undefined
  }
  // React Native's answers have no `body`: they are there as a whole.
  const length = Number(header('content-length') ?? 0)
  const isWhole = body === undefined || (length > 0 && length <= NODE_STREAM_LIMIT_BYTES)
  // An unread copy would block the caller's stream.
  if (!isWhole) return undefined
  const copy = response.clone()
  for (const stream of [response.body, copy.body]) allowErrors(stream)
  return parseJsonInTime(copy.text())
}

/**
 * When a request is aborted, the fetch of Node 20 and 22 cancels its unread body. If the copy was cancelled before, the promise
 * of `cancel` rejects, and the unhandled rejection would end the process.
 */
function allowCancel(body: ReadableStream): void {
  const cancel = body.cancel.bind(body)
  body.cancel = (reason) => cancel(reason).catch(() => {})
}

/** The bodies of node-fetch are streams of Node: an abort without a listener for `error` would end the process. Readers still get the error. */
function allowErrors(body: unknown): void {
  if (hasMethods(body, ['pipe', 'on'])) body.on('error', () => {})
}

/** The response, which shows its URL without the secrets of `query`, as all its clones do, and says whether it was redirected. */
export function showWithout(query: Authorization['query'], response: Response, redirected: boolean): Response {
  const clone = response.clone?.bind(response)
  for (const symbol of Object.getOwnPropertySymbols(response)) cleanInternals(Reflect.get(response, symbol), query)
  return Object.defineProperties(response, {
    url: { configurable: true, value: withoutQuery(response.url, query) },
    redirected: { configurable: true, value: redirected },
    clone: { configurable: true, value: () => showWithout(query, clone(), redirected) },
  })
}

/** node-fetch and the fetch of Node 20 keep their URLs under a symbol, where inspection finds them. */
function cleanInternals(internals: unknown, query: Authorization['query']): void {
  if (typeof internals !== 'object' || internals === null) return
  if ('url' in internals && typeof internals.url === 'string') internals.url = withoutQuery(internals.url, query)
  if (!('urlList' in internals) || !Array.isArray(internals.urlList)) return
  for (const url of internals.urlList) if (url instanceof URL) url.href = withoutQuery(url.href, query)
}

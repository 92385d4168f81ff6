import type { CredentialSource } from '@valetkey/core'
import { createSender, INNER_FETCH, invalidOption } from '@valetkey/core'
import { type Client, Exchange } from './exchange.ts'
import type { FetchLike, PlainFetch } from './fetch-like.ts'
import { withReadableHeaders } from './headers.ts'
import { isRequest } from './request.ts'

export interface WithCredentialOptions {
  /** Whether a refused request is sent again with a renewed credential. @default true */
  readonly replay?: boolean | undefined
}

/**
 * The same fetch, with the credential on every request to one of its origins, renewed once when the API refuses it.
 * Requests to other origins, and those that the caller authorized itself, go to `fetch` untouched.
 * @throws CredentialError what the credential throws; `redirect_refused` (browsers)
 */
export function withCredential<F extends FetchLike>(
  fetch: F,
  source: CredentialSource,
  options: WithCredentialOptions = {},
): F {
  if (typeof fetch !== 'function') throw invalidOption('@valetkey/fetch', 'fetch', 'must be a function')
  if (!source) throw invalidOption('@valetkey/fetch', 'source', 'must be a credential, several, or a function')
  // Every fetch is called like the platform's; whatever else it takes is passed through.
  const inner = fetch as unknown as PlainFetch
  const client: Client = { inner, replay: options.replay ?? true, isBrowser: isBrowser() }
  const send = createSender(source)
  const wrapped: PlainFetch = (input, init) => {
    const exchange = new Exchange(client, input, withReadableHeaders(init))
    const answer = send(exchange)
    exchange.keep()
    return isRequest(input) ? answer.finally(() => exchange.end()) : answer
  }
  const innermost = INNER_FETCH in fetch ? fetch[INNER_FETCH] : fetch
  return Object.defineProperty(Object.assign(wrapped, fetch), INNER_FETCH, { value: innermost })
}

/** Also in workers, which have no `document`. */
function isBrowser(): boolean {
  return globalThis.navigator?.userAgent?.startsWith('Mozilla/') ?? false
}

import { withCredential } from '@valetkey/fetch'
import type { ClientContractOptions, ContractRequest, MakeClient } from '@valetkey/testing'

type Fetch = typeof globalThis.fetch

/** What no fetch can do. */
export const CANNOT: NonNullable<ClientContractOptions['cannot']> = {
  baseUrl: 'fetch has no base URL',
  hooks: 'fetch calls no hooks',
  retries: 'fetch does not retry',
}

/** A fetch as the client contract wants it, called with a URL and options. */
export function fetchClient(fetch: Fetch): MakeClient {
  return makeClient(fetch, ({ url, options, ...request }) => [url, { ...initOf(request), ...options }])
}

/** The same, called with a `Request`. */
export function requestClient(fetch: Fetch): MakeClient {
  return makeClient(fetch, ({ url, options, ...request }) => [new Request(url, initOf(request)), options])
}

function makeClient(fetch: Fetch, argumentsOf: (request: ContractRequest) => Parameters<Fetch>): MakeClient {
  return ({ source, replay, uncovered, onUncovered, onSend }) => {
    const inner: Fetch = (...handed) => {
      onSend?.(...handed)
      return fetch(...handed)
    }
    let current = source ? withCredential(inner, source, { replay, uncovered, onUncovered }) : inner
    return {
      async send(request) {
        const response = await current(...argumentsOf(request))
        const { status, url } = response
        return { status, url, text: await response.text(), shown: response }
      },
      detach() {
        current = inner
      },
    }
  }
}

function initOf({
  method,
  headers,
  body,
  json,
  timeoutMs,
  signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs),
}: Omit<ContractRequest, 'url' | 'options'>): RequestInit {
  // What fetch takes is more than its type has: async iterables and streams of Node.
  const content = json === undefined ? (body as BodyInit | undefined) : JSON.stringify(json)
  return { method, headers, ...(signal && { signal }), ...(content !== undefined && { body: content, duplex: 'half' }) }
}

import {
  type Authorization,
  type Credential,
  type CredentialSource,
  originOf,
  type ResponseView,
  sendWithCredential,
} from '@valetkey/core'

/** A fetch that is called with an absolute URL, and with headers in an object. */
export type PlainFetch = (url: string, init?: PlainInit) => Promise<Response>
export type PlainInit = RequestInit & { readonly headers?: Readonly<Record<string, string>> }

/** The same fetch, with the credential on every request to one of its origins, renewed once when the API refuses it. */
export function withCredential(inner: PlainFetch, source: CredentialSource, options: { replay: boolean }): PlainFetch {
  return (url, init = {}) =>
    sendWithCredential({
      url,
      source,
      signal: init.signal,
      replayable: options.replay && !isStream(init.body),
      alreadyAuthorized: ({ headers, query }) =>
        headers.some((name) => new Headers(init.headers).has(name)) ||
        query.some((name) => new URL(url).searchParams.has(name)),
      send: (authorization, credential) =>
        authorization && credential ? follow(inner, { url, init }, authorization, credential) : inner(url, init),
      view: viewOf,
      discard: (response) => response.body?.cancel(),
    })
}

interface Hop {
  readonly url: string
  readonly init: PlainInit
}

const NOTHING = { headers: {}, query: {} }

/** Follows redirects as fetch does; the credential goes to its own origins only, and shows in no URL. */
async function follow(inner: PlainFetch, first: Hop, authorization: Authorization, credential: Credential) {
  let hop = first
  for (;;) {
    const { headers, query } = credential.covers(originOf(hop.url) ?? '') ? authorization : NOTHING
    const init: PlainInit = { ...hop.init, headers: { ...hop.init.headers, ...headers }, redirect: 'manual' }
    const response = await inner(withQuery(hop.url, query), init)
    const location = response.headers.get('location')
    if (location === null) return Object.defineProperty(response, 'url', { value: hop.url })
    await response.body?.cancel()
    hop = { url: new URL(location, hop.url).href, init: afterRedirect(hop.init, response.status) }
  }
}

function afterRedirect(init: PlainInit, status: number): PlainInit {
  const isPost = init.method?.toUpperCase() === 'POST'
  if (status !== 303 && (status > 303 || !isPost)) return init
  const { body: _body, ...others } = init
  return { ...others, method: 'GET' }
}

function withQuery(url: string, query: Authorization['query']): string {
  const changed = new URL(url)
  for (const [name, value] of Object.entries(query)) changed.searchParams.set(name, value)
  return Object.keys(query).length > 0 ? changed.href : url
}

function viewOf(response: Response): ResponseView {
  const json = async (): Promise<unknown> => response.clone().json()
  return {
    status: response.status,
    url: response.url,
    header: (name) => response.headers.get(name),
    json: () => json().catch(() => undefined),
  }
}

/** Can be read once only. */
function isStream(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}

import type { CredentialSource, RequestOptions, ResponseView } from '@valetkey/core'
import {
  createSender,
  hasParameter,
  isJsonAnswer,
  isReplayable,
  parseJsonStream,
  type SenderOptions,
  withoutQuery,
  withQuery,
} from '@valetkey/core/kit'

/** A fetch that is called with an absolute URL, and with headers in an object. */
export type PlainFetch = (url: string, init?: PlainInit) => Promise<Response>
export interface PlainInit extends RequestInit {
  readonly headers?: Record<string, string>
  readonly valetkey?: RequestOptions
}

/** The same fetch, with the credential on every request to one of its origins, renewed once when the API refuses it. */
export function withCredential(
  inner: PlainFetch,
  source: CredentialSource,
  { replay, ...options }: SenderOptions & { readonly replay: boolean },
): PlainFetch {
  const sender = createSender(source, options)
  return (url, init = {}) =>
    sender({
      ...{ url, replay, method: init.method, signal: init.signal, isBodyReplayable: isReplayable(init.body) },
      options: init.valetkey,
      alreadyAuthorized: ({ headers, query }) =>
        headers.some((name) => new Headers(init.headers).has(name)) || hasParameter(url, query),
      async send(authorization, credential, hop) {
        if (!credential) return inner(url, init)
        const { headers, query } = authorization ?? { headers: {}, query: {} }
        const own = new Headers(init.headers)
        for (const name of hop?.droppedHeaders ?? []) own.delete(name)
        const sent: PlainInit = { ...init, headers: { ...Object.fromEntries(own), ...headers }, redirect: 'manual' }
        if (hop) Object.assign(sent, { method: hop.method }, hop.hasBody ? {} : { body: null })
        const response = await inner(withQuery(hop?.url ?? url, query), sent)
        return Object.defineProperty(response, 'url', { value: withoutQuery(response.url, query) })
      },
      location: ({ headers }) => headers.get('location') ?? undefined,
      view: viewOf,
      discard: ({ body }) => body?.cancel(),
    })
}

function viewOf(response: Response): ResponseView {
  const { status, url, headers } = response
  const header = (name: string) => headers.get(name)
  const json = async (): Promise<unknown> => {
    const copy = isJsonAnswer(header) ? response.clone().body : null
    return copy ? parseJsonStream(copy) : undefined
  }
  return { status, url, header, json }
}

import type { Authorization, CredentialSource, ResponseView } from '@valetkey/core'
import { createSender } from '@valetkey/core/kit'
import type { Dispatcher, request } from 'undici'

type UndiciOptions = NonNullable<Parameters<typeof request>[1]>

export interface RequestOptions extends Omit<UndiciOptions, 'headers' | 'signal'> {
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export type UndiciRequest = (url: string | URL, options?: RequestOptions) => Promise<Dispatcher.ResponseData<unknown>>

/** undici's `request`, with the credential on every request to one of its origins, renewed once when the API refuses it. */
export function withCredential(request: UndiciRequest, source: CredentialSource): UndiciRequest {
  const send = createSender(source)
  return (url, options = {}) =>
    send({
      url: String(url),
      signal: options.signal,
      alreadyAuthorized: ({ headers, query }) =>
        hasAny(Object.keys(options.headers ?? {}), headers) ||
        hasAny([...new URL(url).searchParams.keys(), ...Object.keys(options.query ?? {})], query),
      isBodyReplayable: isReplayable(options.body),
      send: (authorization) =>
        authorization ? request(...authorized(url, options, authorization)) : request(url, options),
      view,
      discard: ({ body }) => body.dump(),
    })
}

function hasAny(given: readonly string[], names: readonly string[]): boolean {
  return given.some((name) => names.includes(name.toLowerCase()))
}

/** Everything that undici takes as a body but streams. */
function isReplayable(body: RequestOptions['body']): boolean {
  return !(typeof body === 'object' && body !== null && 'pipe' in body)
}

function authorized(url: string | URL, options: RequestOptions, { headers, query }: Authorization) {
  const target = new URL(url)
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value)
  return [target, { ...options, headers: { ...options.headers, ...headers } }] as const
}

/** undici follows no redirects, and a body can be read once: status and headers decide what is a refusal. */
function view({ statusCode, headers }: Dispatcher.ResponseData<unknown>): ResponseView {
  return {
    status: statusCode,
    url: '',
    header: (name) => headers[name.toLowerCase()]?.toString() ?? null,
    json: async () => undefined,
  }
}

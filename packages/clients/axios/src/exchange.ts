import type { Authorization, CarriedNames, Credential, RequestToSend } from '@valetkey/core'
import { invalidOption, originOf } from '@valetkey/core'
import type { AxiosAdapter, AxiosError, AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { type Body, discard, isReplayable, parseJson } from './body.ts'
import { type Caller, conceal, reachedUrl } from './conceal.ts'
import { hasParameter, withQuery } from './query.ts'
import { guardRedirects, headerOf, isLeftToUs, nextHop, redirectRefused } from './redirects.ts'
import { adapterOf, urlOf } from './transport.ts'

type Config = InternalAxiosRequestConfig

/** As in the fetch standard. */
const MAX_REDIRECTS = 20

/** A response, and the error that it came with where the caller's `validateStatus` refuses it. */
export interface Answer {
  readonly response: AxiosResponse<Body>
  readonly error?: Error | undefined
  /** Whether the adapter `fetch` was told to leave redirects alone, and does. */
  readonly isManual: boolean
}

/** One request of a chain of redirects, without the credential. */
export interface Hop {
  readonly config: Config
  readonly url: string
}

export interface Client {
  readonly bare: AxiosInstance
  readonly replay: boolean
}

/** One request of a caller. */
export function createExchange({ bare, replay }: Client, config: Config, signal?: AbortSignal): RequestToSend<Answer> {
  const url = urlOf(bare, config)
  const adapter = adapterOf(bare, config)
  const isCustom = adapter === config.adapter
  return {
    url,
    signal,
    replayable: replay && isReplayable(config.data),
    alreadyAuthorized: (names) => hasHeader(config, names) || hasParameter(url, names.query),
    send: (authorization, credential) =>
      authorization && credential
        ? sendAuthorized({ adapter, isCustom, config, credential, authorization }, url)
        : attempt(adapter, config, { config, url }),
    view: ({ response }) => ({
      status: response.status,
      url: reachedUrl(response),
      header: (name) => headerOf(response.headers, name),
      json: () => parseJson(response.data),
    }),
    discard: ({ response }) => discard(response.data),
  }
}

/** `auth` becomes an Authorization header in the adapter. */
function hasHeader({ headers, auth }: Config, names: CarriedNames): boolean {
  return names.headers.some((name) => headers.has(name) || (name === 'authorization' && Boolean(auth)))
}

interface Authorized {
  readonly adapter: AxiosAdapter
  /** Whether the adapter is a function of the caller. */
  readonly isCustom: boolean
  readonly config: Config
  readonly credential: Credential
  readonly authorization: Authorization
}

async function sendAuthorized(request: Authorized, url: string): Promise<Answer> {
  const { adapter, config, credential, authorization } = request
  const { query } = authorization
  refuseXhr(config, credential)
  let hop: Hop | undefined = { config, url }
  for (let left = config.maxRedirects ?? MAX_REDIRECTS; ; left -= 1) {
    const answer: Answer = await attempt(adapter, withAuthorization(request, hop), { config, url: hop.url, query })
    const isOurs = answer.isManual && isLeftToUs(config, credential)
    if (isOurs && answer.response.status === 0) throw redirectRefused(credential)
    hop = isOurs && left > 0 ? nextHop(hop, answer, query) : undefined
    if (!hop) return answer
    discard(answer.response.data).catch(() => {})
  }
}

function withAuthorization({ isCustom, credential, authorization }: Authorized, { config, url }: Hop): Config {
  const { headers, query } = credential.covers(originOf(url) ?? '') ? authorization : { headers: {}, query: {} }
  // Adapters of others, such as mocks, look at the URL as the caller wrote it; the rest gets the one that was checked.
  const target = isCustom
    ? { params: withParameters(config.params, query) }
    : { url: withQuery(url, query), baseURL: '', params: undefined }
  return {
    ...config,
    ...target,
    headers: config.headers.concat(headers),
    beforeRedirect: guardRedirects(config, credential, authorization),
    ...(isLeftToUs(config, credential) && { fetchOptions: { ...config.fetchOptions, redirect: 'manual' } }),
  }
}

function withParameters(params: unknown, query: Authorization['query']): unknown {
  if (Object.keys(query).length === 0) return params
  if (params instanceof URLSearchParams) return new URLSearchParams([...params, ...Object.entries(query)])
  return { ...Object(params), ...query }
}

/** Browsers follow the redirects of an `xhr`, and take off nothing but Authorization. */
function refuseXhr({ adapter }: Config, { carries }: Credential): void {
  const first = Array.isArray(adapter) ? adapter[0] : adapter
  const isXhr = first === 'xhr' && 'XMLHttpRequest' in globalThis
  if (!isXhr || carries.headers.every((name) => name === 'authorization')) return
  throw invalidOption('@valetkey/axios', 'adapter', 'must be "fetch" for a key in a header other than Authorization')
}

async function attempt(adapter: AxiosAdapter, sent: Config, caller: Caller): Promise<Answer> {
  const answered = adapter(sent)
  // A mock, or another attachment, puts back what those need who send the request again.
  Object.assign(caller.config, { adapter: sent.adapter })
  return answered.then(
    (response: AxiosResponse<Body>) => finish(response, undefined, caller),
    (error: AxiosError<Body>) => {
      if (error?.response) return finish(error.response, error, caller)
      conceal(error, caller)
      throw error
    },
  )
}

function finish(response: AxiosResponse<Body>, error: AxiosError<Body> | undefined, caller: Caller): Answer {
  const answer = { response, error, isManual: leavesRedirects(response) }
  conceal(error ?? response, caller)
  return answer
}

/** The adapter `fetch` shows its `Request`, or `false` where `env.Request` is null. */
function leavesRedirects({ request }: { readonly request?: { readonly redirect?: string } | false }): boolean {
  return request === false || request?.redirect === 'manual'
}

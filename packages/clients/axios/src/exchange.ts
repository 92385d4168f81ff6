import type { Authorization, CarriedNames, Credential, RequestToSend, ResponseView } from '@valetkey/core'
import { invalidOption, originOf } from '@valetkey/core'
import type { AxiosAdapter, AxiosError, AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { adapterOf, urlOf } from './bare.ts'
import { isReplayable } from './body.ts'
import { type Body, type Caller, conceal, reachedUrl } from './conceal.ts'
import { headerOf } from './header.ts'
import { parseJson } from './json.ts'
import { hasParameter, withQuery } from './query.ts'
import { guardRedirects, isLeftToUs, nextHop } from './redirects.ts'

type Config = InternalAxiosRequestConfig

/** As in the fetch standard. */
const MAX_REDIRECTS = 20

/** A response, and the error that it came with where the caller's `validateStatus` refuses it. */
export interface Answer {
  readonly response: AxiosResponse<Body>
  readonly error?: Error | undefined
  /** Whether the adapter `fetch` was told to leave redirects to us, and did. */
  readonly isManual: boolean
}

/** One request of a chain of redirects, without the credential. */
export interface Hop {
  readonly config: Config
  readonly url: string
}

export interface Exchange {
  readonly bare: AxiosInstance
  readonly config: Config
  readonly signal: AbortSignal | undefined
  readonly replay: boolean
}

export function createExchange({ bare, config, signal, replay }: Exchange): RequestToSend<Answer> {
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
        ? sendAuthorized({ adapter, isCustom, caller: config, credential, authorization }, { config, url })
        : attempt(adapter, config, { config, url }),
    view: viewOf,
    discard,
  }
}

/** `auth` becomes an Authorization header in the adapter. */
function hasHeader({ headers, auth }: Config, names: CarriedNames): boolean {
  return names.headers.some((name) => headers.has(name) || (name === 'authorization' && auth !== undefined))
}

interface Authorized {
  readonly adapter: AxiosAdapter
  /** Whether the adapter is the caller's own. */
  readonly isCustom: boolean
  readonly caller: Config
  readonly credential: Credential
  readonly authorization: Authorization
}

async function sendAuthorized(authorized: Authorized, first: Hop): Promise<Answer> {
  const { adapter, caller, credential, authorization } = authorized
  refuseXhr(caller, credential)
  let hop: Hop | undefined = first
  for (let left = caller.maxRedirects ?? MAX_REDIRECTS; ; left -= 1) {
    const shown: Caller = { config: caller, url: hop.url, query: authorization.query }
    const answer: Answer = await attempt(adapter, withAuthorization(authorized, hop), shown)
    hop = left > 0 && answer.isManual ? nextHop(hop, answer, credential) : undefined
    if (!hop) return answer
    discard(answer).catch(() => {})
  }
}

function withAuthorization({ isCustom, credential, authorization }: Authorized, { config, url }: Hop): Config {
  const { headers, query } = credential.covers(originOf(url) ?? '') ? authorization : { headers: {}, query: {} }
  // Adapters of others, such as mocks, look at the URL as the caller wrote it; what was checked is what others get.
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
  // Another attachment, or a mock, puts it back for those who send the request again.
  Object.assign(caller.config, { adapter: sent.adapter })
  return answered.then(
    (response: AxiosResponse<Body>) => concealed({ response }, caller),
    (error: AxiosError<Body>) => {
      conceal(error, caller)
      if (!error?.response) throw error
      return concealed({ response: error.response, error }, caller)
    },
  )
}

function concealed(answer: Omit<Answer, 'isManual'>, caller: Caller): Answer {
  const isManual = leavesRedirect(answer.response)
  conceal(answer.response, caller)
  return { ...answer, isManual }
}

/** `false`: `env.Request` is null. */
function leavesRedirect({ request }: { readonly request?: { readonly redirect?: string } | false }): boolean {
  return request === false || request?.redirect === 'manual'
}

function viewOf({ response }: Answer): ResponseView {
  const { status, headers, data } = response
  return { status, url: reachedUrl(response), header: (name) => headerOf(headers, name), json: () => parseJson(data) }
}

async function discard({ response: { data } }: Answer): Promise<void> {
  data?.destroy?.()
  await data?.cancel?.()
}

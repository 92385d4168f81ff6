import type { Authorization, CarriedNames, Credential, RequestToSend, ResponseView } from '@valetkey/core'
import { invalidOption } from '@valetkey/core'
import type { AxiosAdapter, AxiosError, AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { type Body, discard, isReplayable, parseJson } from './body.ts'
import { conceal, reachedUrl, type Visible } from './conceal.ts'
import { hasParameter, withQuery } from './query.ts'
import { guardRedirects, type Hop, headerOf, isLeftToUs, nextHop } from './redirects.ts'
import { adapterOf, copyOf, urlOf } from './transport.ts'

type Config = InternalAxiosRequestConfig
type Response = AxiosResponse<Body>

/** As in the fetch standard. */
const MAX_REDIRECTS = 20

/** A response, and the error that it came with where the caller's `validateStatus` refuses it. */
export interface Answer {
  readonly response: Response
  readonly error?: Error | undefined
}

/** One request of a caller. */
export class Exchange implements RequestToSend<Answer> {
  readonly url: string
  readonly signal: AbortSignal | undefined
  readonly replayable: boolean
  private readonly config: Config
  private readonly adapter: AxiosAdapter
  /** Adapters of others, such as mocks, get the URL as the caller wrote it; the rest gets the one that was checked. */
  private readonly isCustom: boolean

  constructor(bare: AxiosInstance, config: Config, replay: boolean, signal: AbortSignal | undefined) {
    this.url = urlOf(bare, config)
    this.signal = signal
    this.replayable = replay && isReplayable(config.data)
    this.config = config
    this.adapter = adapterOf(bare, config)
    this.isCustom = this.adapter === config.adapter
  }

  /** `auth` becomes an Authorization header in the adapter. */
  alreadyAuthorized({ headers, query }: CarriedNames): boolean {
    const { headers: own, auth } = this.config
    return headers.some((name) => own.has(name) || (name === 'authorization' && auth)) || hasParameter(this.url, query)
  }

  send(authorization: Authorization | undefined, credential: Credential | undefined): Promise<Answer> {
    const { config, url } = this
    if (!authorization || !credential) return this.attempt(config, { config, url })
    refuseXhr(config, credential)
    return this.sendHop({ config, url, isCovered: true }, credential, authorization)
  }

  view({ response }: Answer): ResponseView {
    const { status, headers, data } = response
    return { status, url: reachedUrl(response), header: (name) => headerOf(headers, name), json: () => parseJson(data) }
  }

  discard({ response }: Answer): Promise<void> {
    return discard(response.data)
  }

  private sendHop(
    hop: Hop,
    credential: Credential,
    all: Authorization,
    left = this.config.maxRedirects ?? MAX_REDIRECTS,
  ): Promise<Answer> {
    const visible = { config: this.config, url: hop.url, query: all.query }
    return this.attempt(this.withAuthorization(hop, credential, all), visible, (response) => {
      const next = left > 0 && nextHop(hop, response, credential, all)
      if (!next) return undefined
      discard(response.data).catch(() => {})
      return this.sendHop(next, credential, all, left - 1)
    })
  }

  private withAuthorization({ config, url, isCovered }: Hop, credential: Credential, all: Authorization): Config {
    const { headers, query } = isCovered ? all : { headers: {}, query: {} }
    const sent = copyOf(config)
    if (this.isCustom) sent.params = withParameters(config.params, query)
    else Object.assign(sent, { url: withQuery(url, query), baseURL: undefined, params: undefined })
    sent.headers = withHeaders(config.headers, headers)
    sent.beforeRedirect = guardRedirects(config, credential, all)
    if (isLeftToUs(config, credential)) sent.fetchOptions = { ...config.fetchOptions, redirect: 'manual' }
    return sent
  }

  private attempt(sent: Config, visible: Visible, follow?: (response: Response) => Promise<Answer> | undefined) {
    const answered = this.adapter(sent)
    // A mock, or another attachment, puts back what those need who send the request again.
    Object.assign(this.config, { adapter: sent.adapter })
    const finish = (response: Response, error?: Error): Answer | Promise<Answer> => {
      const followed = follow?.(response)
      conceal(error ?? response, visible)
      return followed ?? { response, error }
    }
    return answered.then(finish, (error: AxiosError<Body>) => {
      if (error?.response) return finish(error.response, error)
      conceal(error, visible)
      throw error
    })
  }
}

function withParameters(params: unknown, query: Authorization['query']): unknown {
  if (Object.keys(query).length === 0) return params
  if (params instanceof URLSearchParams) return new URLSearchParams([...params, ...Object.entries(query)])
  return { ...Object(params), ...query }
}

/** What `concat` gives, without its checks, which take as long as all the rest. */
function withHeaders(own: Config['headers'], added: Authorization['headers']): Config['headers'] {
  return Object.assign(Object.create(Reflect.getPrototypeOf(own)) as Config['headers'], own, added)
}

/** Browsers follow the redirects of an `xhr`, and take off nothing but Authorization. */
function refuseXhr({ adapter }: Config, { carries }: Credential): void {
  const first = Array.isArray(adapter) ? adapter[0] : adapter
  const isXhr = first === 'xhr' && 'XMLHttpRequest' in globalThis
  if (!isXhr || carries.headers.every((name) => name === 'authorization')) return
  throw invalidOption('@valetkey/axios', 'adapter', 'must be "fetch" for a key in a header other than Authorization')
}

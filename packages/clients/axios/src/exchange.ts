import type { Authorization, Credential, RequestOptions, ResponseView } from '@valetkey/core'
import type { CarriedNames, Hop, RequestToSend } from '@valetkey/core/kit'
import {
  discardBody,
  firstHop,
  hasMethods,
  hasParameter,
  invalidOption,
  isJsonAnswer,
  isReplayable,
  JSON_LIMIT_MS,
  nextHop,
  originOf,
  parseJsonInTime,
  parseJsonStream,
  refusesByDefault,
  withoutQuery,
  withQuery,
} from '@valetkey/core/kit'
import type { AxiosAdapter, AxiosError, AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { type FormBytes, formBytesOf } from './form-bytes.ts'
import { reachedAnswer, reachedUrl, telltaleFetch } from './reached-url.ts'
import { type Placed, redact } from './redact.ts'
import { adapterOf, copyOf, firstAdapter, type UrlParts, urlPartsOf } from './transport.ts'
import type { Wait } from './wait.ts'

type Config = InternalAxiosRequestConfig

const NOTHING: Placed = { headers: {}, query: {} }

/** Errors of a request that was aborted or timed out, also after an answer arrived. */
const GIVEN_UP: ReadonlySet<string | undefined> = new Set(['ERR_CANCELED', 'ECONNABORTED', 'ETIMEDOUT'])

/** A response, and the error that it came with. */
export interface Answer {
  readonly response: AxiosResponse<unknown>
  readonly error?: Error | undefined
  /** Whether it is an error only if it is the caller's answer and the caller's `validateStatus` refuses it. */
  readonly isAsked?: boolean
  /** Whether its redirect is for core to follow. */
  readonly isOurs?: boolean | undefined
  readonly reached?: FollowedHop | 'unknown' | undefined
}

/** A hop that the adapter `http` followed, and its headers other than the credential. */
interface FollowedHop extends Hop {
  readonly headers?: Readonly<Record<string, string>>
}

/** A request as follow-redirects tells it: `url` of the one that was redirected, the rest of the one to come. */
interface Redirected {
  headers?: Record<string, string>
  path?: string
  href?: string
  url?: string
}

/** What all requests of one attachment share. */
export interface Client {
  readonly bare: AxiosInstance
  readonly replay: boolean
  readonly isBrowser: boolean
  readonly urlOf: (parts: UrlParts) => string
}

/** One request of a caller. */
export class Exchange implements RequestToSend<Answer> {
  readonly url: string
  readonly method: string | undefined
  readonly maxRedirects: number | undefined
  readonly signal: AbortSignal | undefined
  readonly replay: boolean
  readonly options: RequestOptions | undefined
  private readonly config: Config
  private readonly wait: Wait | undefined
  private readonly isBrowser: boolean
  private form: FormBytes | undefined
  private readonly urlParts: UrlParts
  private readonly adapter: AxiosAdapter
  /** Adapters of others, such as mocks, get the URL as the caller wrote it; the rest gets the one that was checked. */
  private readonly isCustom: boolean

  constructor({ bare, replay, isBrowser, urlOf }: Client, config: Config, wait: Wait | undefined) {
    this.urlParts = urlPartsOf(config)
    this.url = urlOf(this.urlParts)
    this.method = config.method
    this.maxRedirects = config.maxRedirects
    this.signal = wait ? wait.signal : (config.signal as AbortSignal | undefined)
    this.isBrowser = isBrowser
    this.replay = replay
    this.options = config.valetkey
    this.config = config
    this.wait = wait
    this.adapter = adapterOf(bare, config)
    this.isCustom = this.adapter === config.adapter
  }

  get isBodyReplayable(): boolean {
    return this.form !== undefined || isReplayable(this.config.data)
  }

  /** `auth` becomes an Authorization header in the adapter. */
  alreadyAuthorized({ headers, query }: CarriedNames): boolean {
    const { headers: own, auth } = this.config
    return headers.some((name) => own.has(name) || (name === 'authorization' && auth)) || hasParameter(this.url, query)
  }

  send(authorization?: Authorization, credential?: Credential, hop?: FollowedHop): Promise<Answer> {
    const { config, isCustom, urlParts } = this
    if (!credential) return this.attempt(config, this.url)
    refuseXhr(config, credential)
    const { headers, query } = authorization ?? NOTHING
    const url = hop?.url ?? this.url
    const sent = copyOf(config)
    if (this.wait) Object.assign(sent, { timeout: this.wait.timeLeft() })
    if (isCustom && !hop) Object.assign(sent, urlParts, { params: withParameters(urlParts.params, query) })
    else Object.assign(sent, { url: withQuery(url, query), baseURL: undefined, params: undefined })
    const own = hop ? headersOfHop(config.headers, hop) : config.headers
    if (hop) sent.method = hop.method.toLowerCase()
    if (hop?.hasBody === false) sent.data = undefined
    if (hop?.droppedHeaders.includes('authorization')) delete sent.auth
    // What `concat` gives, without its checks, which take as long as all the rest.
    sent.headers = Object.assign(
      Object.create(Reflect.getPrototypeOf(config.headers)) as Config['headers'],
      own,
      headers,
    )
    if (this.form && hop?.hasBody !== false) {
      sent.data = this.form.bytes
      sent.headers.set('content-type', this.form.contentType)
    } else if (this.options?.replay ?? this.replay) this.form = formBytesOf(config)
    sent.fetchOptions &&= { ...sent.fetchOptions }
    if (this.isLeftToCore(sent, credential)) sent.fetchOptions = { ...sent.fetchOptions, redirect: 'manual' }
    // The adapter `http` asks `beforeRedirect` in one turn, in which no proof can be made: each hop is then a send of core's.
    if (credential.prove) sent.maxRedirects = 0
    if (!isCustom) sent.env = { ...sent.env, fetch: sent.env?.fetch ?? telltaleFetch }
    return this.attempt(sent, url, authorization ?? NOTHING, credential, hop)
  }

  location({ response: { status, headers }, isOurs }: Answer): string | null | undefined {
    if (!isOurs) return undefined
    return status === 0 ? null : (headerOf(headers, 'location') ?? undefined)
  }

  reached({ reached }: Answer): FollowedHop | 'unknown' | undefined {
    return reached
  }

  view({ response }: Answer): ResponseView {
    return new AxiosResponseView(response)
  }

  discard({ response }: Answer): Promise<void> {
    return discardBody(response.data)
  }

  /** The adapter `fetch` leaves redirects to core, unless the caller wants otherwise or a browser does them right itself. */
  private isLeftToCore({ fetchOptions }: Config, { carries: { headers, query } }: Credential): boolean {
    if ((fetchOptions?.redirect ?? 'follow') !== 'follow') return false
    return !this.isBrowser || query.length > 0 || headers.some((name) => name !== 'authorization')
  }

  private attempt(sent: Config, url: string, placed?: Placed, credential?: Credential, hop?: Hop): Promise<Answer> {
    const { config } = this
    const original = { config, url, sent: placed }
    let followed: FollowedHop | undefined
    if (placed && credential)
      sent.beforeRedirect = (options: Redirected, response, request) => {
        removeCredential(options, request, placed)
        config.beforeRedirect?.(options, response, request)
        const from = followed ?? hop ?? firstHop(this)
        const next = nextHop(from, response.statusCode, response.headers.location ?? '', placed.query)
        const { href = '', headers = {} } = options
        followed = next && { ...next, url: withoutQuery(href, placed.query), headers: { ...headers } }
        if (!credential.covers(originOf(href) ?? '')) return
        options.headers = { ...placed.headers, ...headers }
        options.path = withQuery(options.path ?? '', placed.query)
      }
    let isAsked = false
    const { validateStatus, responseType } = config
    const isStreamed = /^(stream|response)$/i.test(responseType ?? '')
    if (placed && validateStatus)
      sent.validateStatus = (status) => {
        // Such an answer may be refused, or redirect: then another one is the caller's.
        isAsked = credential?.refuses !== refusesByDefault || (status >= 300 && status <= 401)
        // Of a refused stream, axios would no longer hear that the caller gives it up.
        return isAsked ? isStreamed : validateStatus(status)
      }
    const answered = this.adapter(sent)
    // A mock, or another attachment, puts back what those need who send the request again.
    Object.assign(config, { adapter: sent.adapter })
    const finish = (response: AxiosResponse<unknown>, error?: Error): Answer => {
      const isShown = credential?.prove ? !this.isCustom && !isLedElsewhere(response, sent.url) : isManual(response)
      const isOurs = credential && isShown && this.isLeftToCore(config, credential)
      const isLed = !isOurs && !this.isCustom && isLedElsewhere(response, sent.url)
      const reached = followed ?? (isLed ? 'unknown' : undefined)
      redact(error ?? response, original)
      return { response, error, isAsked, isOurs, reached }
    }
    return answered.then(finish, (error: AxiosError) => {
      if (sent.timeout !== config.timeout) nameTimeout(error, sent.timeout, config.timeout)
      const response = GIVEN_UP.has(error?.code) ? undefined : (error?.response ?? unreadResponse(error, config))
      if (response) return finish(response, error)
      redact(error, original)
      throw error
    })
  }
}

class AxiosResponseView implements ResponseView {
  readonly status: number
  private readonly response: AxiosResponse<unknown>

  constructor(response: AxiosResponse<unknown>) {
    this.status = response.status
    this.response = response
  }

  get url(): string {
    return reachedUrl(this.response)
  }

  header(name: string): string | null {
    return headerOf(this.response.headers, name)
  }

  json(): Promise<unknown> {
    return readJson(this.response, (name) => this.header(name))
  }
}

/** An answer whose body is too long or unreadable is still an answer. */
function unreadResponse(error: AxiosError | undefined, config: Config): AxiosResponse<unknown> | undefined {
  const request: unknown = error?.request
  const reached = reachedAnswer(request)
  return reached && { ...reached, statusText: '', headers: { ...reached.headers }, config, request, data: undefined }
}

/** The caller knows the request's `timeout`, not what was left of it. */
function nameTimeout(error: AxiosError, left: number | undefined, timeout: number | undefined): void {
  // Until 1.12 it is "timeout 40 of ms" over `fetch`.
  const words = new RegExp(`timeout (of )?${left}( of )?ms`)
  for (const name of ['message', 'stack'] as const)
    if (error?.[name]) error[name] = error[name].replace(words, `timeout of ${timeout}ms`)
}

function headersOfHop(own: Config['headers'], { headers, droppedHeaders }: FollowedHop): object {
  if (headers) return headers
  const kept = own.concat({})
  kept.delete([...droppedHeaders])
  return kept
}

function withParameters(params: unknown, query: Placed['query']): unknown {
  if (Object.keys(query).length === 0) return params
  if (params instanceof URLSearchParams) return new URLSearchParams([...params, ...Object.entries(query)])
  return { ...Object(params), ...query }
}

/** Browsers follow the redirects of an `xhr` and remove only Authorization. */
function refuseXhr(config: Config, { carries }: Credential): void {
  const isXhr = firstAdapter(config) === 'xhr' && 'XMLHttpRequest' in globalThis
  if (!isXhr || carries.headers.every((name) => name === 'authorization')) return
  throw invalidOption('@valetkey/axios', 'adapter', 'must be "fetch" for a key in a header other than Authorization')
}

/** The adapter `http` follows redirects itself and calls `beforeRedirect`. The caller's `beforeRedirect` does not see the credential. */
function removeCredential(options: Redirected, request: Redirected | undefined, { headers, query }: Placed): void {
  for (const { headers: sent = {} } of request ? [options, request] : [options])
    for (const name of Object.keys(sent)) if (name.toLowerCase() in headers) delete sent[name]
  options.path = withoutQuery(options.path ?? '', query)
  if (request) request.url = withoutQuery(request.url ?? '', query)
}

/** The adapter `fetch` shows its `Request`, or `false` where `env.Request` is null. */
function isManual({ request }: { readonly request?: { readonly redirect?: string } | false }): boolean {
  return request === false || request?.redirect === 'manual'
}

/** Whether an `xhr` or a `fetch` followed redirects, or may have; `http` tells each hop. */
function isLedElsewhere(response: AxiosResponse, url = ''): boolean {
  const { request } = response as { readonly request?: { readonly redirect?: string; readonly res?: unknown } | false }
  if (request === false) return true
  if (request?.res) return false
  const reached = reachedUrl(response)
  if (!reached) return request?.redirect === 'follow'
  return reached !== new URL(url, reached).href.split('#', 1)[0]
}

/** Adapters of others give any object. */
function headerOf(headers: object | undefined, name: string): string | null {
  const found = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)
  return found ? String(found[1]) : null
}

/** What a body says: a stream's start is looked at, the rest was read already, as text, as bytes, or parsed by an adapter of others. */
async function readJson(response: AxiosResponse<unknown>, header: (name: string) => string | null): Promise<unknown> {
  const { data } = response
  if (typeof data === 'object' && Reflect.getPrototypeOf(data ?? []) === Object.prototype) return data
  if (!isJsonAnswer(header)) return undefined
  if (hasMethods(data, ['tee', 'getReader'])) {
    const [copy, rest] = (data as unknown as ReadableStream<Uint8Array<ArrayBuffer>>).tee()
    response.data = rest
    return parseJsonStream(copy)
  }
  if (hasMethods(data, ['unshift', 'read', 'on', 'off'])) return parseJsonInTime(startOf(data as unknown as NodeStream))
  return isReplayable(data) ? parseJsonInTime(new Response(data as BodyInit).text()) : undefined
}

/** What is needed of a stream of Node. */
interface NodeStream {
  readonly readableLength: number
  readonly readableHighWaterMark: number
  readonly _readableState?: object
  read(): Uint8Array<ArrayBuffer> | string | null
  unshift(chunk: Uint8Array | string): void
  on(event: string, listener: (error?: unknown) => void): void
  off(event: string, listener: (error?: unknown) => void): void
  listenerCount(event: string): number
  emit(event: string, error: unknown): boolean
}

/**
 * What a stream of Node begins with, once that is JSON: its end cannot be seen without ending it. All of it stays in the stream,
 * which holds no more than its high-water mark.
 */
function startOf(stream: NodeStream): Promise<string | undefined> {
  let seen = 0
  return new Promise((resolve) => {
    const look = (): void => {
      const length = stream.readableLength
      if (length > 0 && length === seen) return
      const chunk = length === 0 ? null : stream.read()
      if (chunk === null) return finish()
      stream.unshift(chunk)
      // The stream counts as unread again: `new Response(stream)` checks it.
      Object.assign(stream._readableState ?? {}, { dataEmitted: false })
      seen = stream.readableLength
      const text = typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk)
      if (isJson(text)) finish(text)
      else if (seen >= stream.readableHighWaterMark) finish()
    }
    const fail = (error: unknown): void => {
      finish()
      // For listeners that are added from now on.
      setTimeout(() => stream.listenerCount('error') > 0 && stream.emit('error', error))
    }
    const finish = (text?: string): void => {
      clearTimeout(timer)
      stream.off('readable', look)
      stream.off('error', fail)
      stream.off('close', close)
      resolve(text)
    }
    const close = (): void => finish()
    const timer = setTimeout(close, JSON_LIMIT_MS)
    stream.on('error', fail)
    stream.on('close', close)
    stream.on('readable', look)
  })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

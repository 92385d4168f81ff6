import type { Authorization } from '@valetkey/core'
import type { InternalAxiosRequestConfig } from 'axios'
import { parseUrl, withoutQuery } from './query.ts'

/** What the caller may know of a request. */
export interface Caller {
  readonly config: InternalAxiosRequestConfig
  readonly url: string
  /** What was added to the URL; undefined: the request went out untouched. */
  readonly query?: Authorization['query']
}

/** What responses and errors of axios have in common; the request is of the adapter's own kind. */
export interface Shown {
  config?: InternalAxiosRequestConfig | undefined
  request?: {
    readonly method?: string
    readonly responseURL?: string
    readonly res?: { readonly responseUrl?: string }
  }
  readonly data?: unknown
  readonly response?: unknown
  readonly cause?: unknown
}

/** Has a response or an error name the caller's config, and of the request nothing that tells the credential. */
export function conceal(shown: unknown, caller: Caller): void {
  if (!isShown(shown)) return
  if (shown.config) shown.config = caller.config
  if (caller.query && shown.request) shown.request = describe(shown, caller, caller.query)
  if (caller.query) hideRequest(shown, caller)
  conceal(shown.response, caller)
  conceal(shown.cause, caller)
}

function isShown(value: unknown): value is Shown {
  return typeof value === 'object' && value !== null
}

function describe(shown: Shown, { config, url }: Caller, query: Authorization['query']) {
  const { host, pathname, search, href } = new URL(withoutQuery(parseUrl(reachedUrl(shown), url)?.href ?? url, query))
  const method = shown.request?.method ?? config.method?.toUpperCase() ?? 'GET'
  return { method, host, path: pathname + search, res: { responseUrl: href } }
}

/** '' when the adapter does not say. */
export function reachedUrl({ request }: Shown): string {
  return request?.res?.responseUrl ?? request?.responseURL ?? ''
}

/** Streams of Node need the request that they answer, but need not print it; some of their errors come later. */
function hideRequest({ data, request }: Shown, caller: Caller): void {
  if (!isEmitter(data)) return
  for (const name of ['req', 'socket', 'client'])
    if (name in data) Object.defineProperty(data, name, { enumerable: false })
  if ('responseUrl' in data) data.responseUrl = request?.res?.responseUrl
  const { emit } = data
  data.emit = (event, ...details) => {
    if (event === 'error') conceal(details[0], caller)
    return emit.call(data, event, ...details)
  }
}

interface Emitter {
  emit(event: unknown, ...details: unknown[]): boolean
  responseUrl?: unknown
}

function isEmitter(data: unknown): data is Emitter {
  return typeof data === 'object' && data !== null && 'emit' in data && typeof data.emit === 'function'
}

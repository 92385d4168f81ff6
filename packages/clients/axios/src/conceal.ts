import type { Authorization } from '@valetkey/core'
import type { InternalAxiosRequestConfig } from 'axios'
import { withoutQuery } from './query.ts'

/** More of them are a circle. */
const MAX_CAUSES = 5

/** Host and path; mocks may say no more than a path. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)([^#]*)/

/** What the caller may know of a request. */
export interface Visible {
  readonly config: InternalAxiosRequestConfig
  readonly url: string
  /** What was added to the URL; undefined: the request went out untouched. */
  readonly query?: Authorization['query']
}

/** What responses and errors of axios have in common; the request is of the adapter's own kind, the data of any. */
interface Shown {
  config?: InternalAxiosRequestConfig
  request?: {
    readonly method?: string
    readonly responseURL?: string
    readonly res?: { readonly responseUrl?: string }
  }
  readonly data?: { emit?(event: unknown, ...details: unknown[]): boolean; responseUrl?: unknown } | null
  readonly response?: unknown
  readonly cause?: unknown
}

/** Has a response or an error name the caller's config, and of the request nothing that tells the credential. */
export function conceal(shown: unknown, visible: Visible, depth = 0): void {
  if (!isShown(shown) || depth > MAX_CAUSES) return
  if (shown.config) shown.config = visible.config
  if (visible.query && shown.request) shown.request = describe(shown, visible, visible.query)
  if (visible.query) hideRequest(shown, visible)
  conceal(shown.response, visible, depth + 1)
  conceal(shown.cause, visible, depth + 1)
}

function isShown(value: unknown): value is Shown {
  return typeof value === 'object' && value !== null
}

function describe(shown: Shown, { config, url }: Visible, query: Authorization['query']) {
  const reached = reachedUrl(shown)
  const responseUrl = withoutQuery(reached.startsWith('http') ? reached : url, query)
  const [, host, path] = ABSOLUTE.exec(responseUrl) ?? []
  const method = shown.request?.method ?? config.method?.toUpperCase() ?? 'GET'
  return { method, host, path: path || '/', res: { responseUrl } }
}

/** '' when the adapter does not say. */
export function reachedUrl({ request }: Pick<Shown, 'request'>): string {
  return request?.res?.responseUrl ?? request?.responseURL ?? ''
}

/** Streams of Node need the request that they answer, but need not print it; some of their errors come later. */
function hideRequest({ data, request }: Shown, visible: Visible): void {
  if (!data?.emit) return
  for (const name of ['req', 'socket', 'client'])
    if (Object.hasOwn(data, name)) Object.defineProperty(data, name, { enumerable: false })
  if ('responseUrl' in data) data.responseUrl = request?.res?.responseUrl
  const { emit } = data
  data.emit = (event, ...details) => {
    if (event === 'error') conceal(details[0], visible)
    return emit.call(data, event, ...details)
  }
}

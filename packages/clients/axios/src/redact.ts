import type { Authorization } from '@valetkey/core'
import { hasMethods, redactError, type WithMethods, withoutQuery } from '@valetkey/core/kit'
import type { InternalAxiosRequestConfig } from 'axios'
import { reachedUrl } from './reached-url.ts'

/** More of them are a circle. */
const MAX_CAUSES = 5

/** Host and path; mocks may say no more than a path. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)([^#]*)/

/** What was put on a request. */
export type Placed = Pick<Authorization, 'headers' | 'query'>

/** What the caller may know of a request. */
export interface Original {
  readonly config: InternalAxiosRequestConfig
  readonly url: string
  /** `undefined`: the request went out untouched. */
  readonly sent?: Placed | undefined
}

/** What responses and errors of axios have in common; the request is of the adapter's own kind, the data of any. */
interface Shown {
  config?: InternalAxiosRequestConfig
  request?: Partial<{
    readonly method: string
    readonly responseURL: string
    readonly responseType: string
    readonly responseText: string | undefined
    readonly status: number | undefined
    readonly res: { readonly responseUrl?: string }
  }>
  data?: unknown
  readonly response?: unknown
  readonly cause?: unknown
}

/** Has a response or an error name the caller's config, and of the request nothing that tells the credential. */
export function redact(shown: unknown, original: Original, depth = 0): void {
  if (!isShown(shown) || depth > MAX_CAUSES) return
  const { sent } = original
  if (shown.config) shown.config = original.config
  if (sent && shown.request) shown.request = describe(shown, original, sent.query)
  if (sent) redactStream(shown, original)
  if (sent && depth === 0) redactError(shown, sent)
  redact(shown.response, original, depth + 1)
  redact(shown.cause, original, depth + 1)
}

function isShown(value: unknown): value is Shown {
  return typeof value === 'object' && value !== null
}

function describe(shown: Shown, { config, url }: Original, query: Placed['query']) {
  const reached = reachedUrl(shown)
  const responseUrl = withoutQuery(reached.startsWith('http') ? reached : url, query)
  const [, host, path] = ABSOLUTE.exec(responseUrl) ?? []
  const { request = {} } = shown
  const method = request.method ?? config.method?.toUpperCase() ?? 'GET'
  const described = { method, host, path: path || '/', res: { responseUrl } }
  if (!('responseURL' in request)) return described
  // An `xhr`, whose text can be read only where it is asked for.
  const responseText = request.responseType ? undefined : request.responseText
  return { ...described, responseURL: responseUrl, status: request.status, responseText }
}

/** Some errors come while the body is read: they tell no more than those of the request. */
function redactStream(shown: Shown, original: Original): void {
  const { data } = shown
  if (hasMethods(data, ['emit'])) redactRequest(data, shown, original)
  else if (isWebStream(data) && !data.locked) shown.data = redactWebStream(data, original)
}

function isWebStream(data: unknown): data is ReadableStream<unknown> {
  return hasMethods(data, ['getReader', 'cancel'])
}

/** Another stream, since no listener hears the errors of this one before its reader does. */
function redactWebStream(stream: ReadableStream<unknown>, original: Original): ReadableStream<unknown> {
  const reader = stream.getReader()
  const pull = async (controller: ReadableStreamDefaultController<unknown>) => {
    try {
      const { done, value } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    } catch (error) {
      redact(error, original)
      throw error
    }
  }
  return new ReadableStream({ pull, cancel: (reason) => reader.cancel(reason) }, { highWaterMark: 0 })
}

/** Streams of Node need the request that they answer, but need not print it. */
function redactRequest(
  data: WithMethods<'emit'> & { responseUrl?: unknown },
  { request }: Shown,
  original: Original,
): void {
  for (const name of ['req', 'socket', 'client'])
    if (Object.hasOwn(data, name)) Object.defineProperty(data, name, { enumerable: false })
  if ('responseUrl' in data) data.responseUrl = request?.res?.responseUrl
  const { emit } = data
  const redacting = (event: unknown, ...details: unknown[]) => {
    if (event === 'error') redact(details[0], original)
    return emit.call(data, event, ...details)
  }
  Object.assign(data, { emit: redacting })
}

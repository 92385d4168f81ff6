import type { Authorization } from '@valetkey/core'
import type { InternalAxiosRequestConfig } from 'axios'
import { withoutQuery } from './query.ts'

/** Of any kind: text, bytes, a stream of Node or of the web, or what an adapter of others makes of it. */
export type Body = Partial<{
  length: number
  byteLength: number
  size: number
  destroy(): void
  cancel(): Promise<void>
}> | null

/** What a response and an error of axios have in common; the request is of the adapter's own kind. */
export interface Told {
  config?: InternalAxiosRequestConfig | undefined
  request?: {
    readonly method?: string
    readonly responseURL?: string
    readonly res?: { readonly responseUrl?: string }
  }
  readonly data?: Body
}

export interface Caller {
  readonly config: InternalAxiosRequestConfig
  readonly url: string
  /** What was added to the URL; undefined: the request went out untouched. */
  readonly query?: Authorization['query']
}

/** Has a response or an error name the caller's config, and of the request nothing that tells the credential. */
export function conceal(told: Told, { config, url, query }: Caller): void {
  if (told?.config) told.config = config
  if (!query || !told?.request) return
  const { host, pathname, search, href } = new URL(withoutQuery(reachedUrl(told) || url, query))
  const method = told.request.method ?? config.method?.toUpperCase() ?? 'GET'
  Object.assign(told, { request: { method, host, path: pathname + search, res: { responseUrl: href } } })
  hideRequest(told.data)
}

/** Streams of Node need the request that they answer, but need not print it. */
function hideRequest(data: Body | undefined): void {
  if (typeof data !== 'object' || data === null) return
  for (const name of ['req', 'socket', 'client'])
    if (Object.hasOwn(data, name)) Object.defineProperty(data, name, { enumerable: false })
}

/** '' when the adapter does not say. */
export function reachedUrl({ request }: Told): string {
  return request?.res?.responseUrl ?? request?.responseURL ?? ''
}

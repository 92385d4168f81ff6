import { type AxiosAdapter, AxiosHeaders, type AxiosInstance, getAdapter, type InternalAxiosRequestConfig } from 'axios'

type Config = InternalAxiosRequestConfig

/** What the URL is made of. */
export interface UrlParts {
  readonly url: string | undefined
  readonly baseURL: string | undefined
  readonly params: unknown
  readonly allowAbsoluteUrls: Config['allowAbsoluteUrls'] | undefined
  readonly paramsSerializer: Config['paramsSerializer'] | undefined
}

/** An instance of the same copy of axios, without interceptors and defaults. */
export function bareOf(instance: AxiosInstance): AxiosInstance {
  const bare = instance.create()
  for (const name of Object.keys(bare.defaults)) Reflect.deleteProperty(bare.defaults, name)
  return bare
}

/** Names of adapters mean those of the instance's copy of axios, which may be another than ours. */
export function adapterOf(bare: AxiosInstance, { adapter, headers }: Config): AxiosAdapter {
  if (typeof adapter === 'function') return adapter
  if (adapter && headers instanceof AxiosHeaders) return (sent) => getAdapter(adapter, sent)(sent)
  return (sent) => bare.request({ ...sent, ...(adapter && { adapter }), transformRequest: [], transformResponse: [] })
}

/** The adapter that is tried first. */
export function firstAdapter({ adapter }: Config): unknown {
  return Array.isArray(adapter) ? adapter[0] : adapter
}

/** What the URL is made of, read once: an object that answers twice must not answer otherwise when it is sent. */
export function urlPartsOf(config: Config): UrlParts {
  const { url, baseURL, allowAbsoluteUrls, paramsSerializer } = config
  const params: unknown = config.params
  return { url: url && String(url), baseURL: baseURL && String(baseURL), allowAbsoluteUrls, params, paramsSerializer }
}

/** The whole URL, parameters included. */
export function urlOf(bare: AxiosInstance, parts: UrlParts): string {
  const url = parts.baseURL || parts.params ? bare.getUri(parts as Config) : (parts.url ?? '')
  const base = globalThis.document?.baseURI ?? globalThis.location?.href
  return base === undefined ? url : new URL(url, base).href
}

/** By hand, since a spread of the configs that axios makes takes longer than all the rest. */
export function copyOf<T extends object>(config: T): T {
  const copy: Partial<T> = {}
  for (const name of Object.keys(config) as (keyof T)[]) copy[name] = config[name]
  for (const name of Object.getOwnPropertySymbols(config)) Reflect.set(copy, name, Reflect.get(config, name))
  return copy as T
}

import { type AxiosAdapter, AxiosHeaders, type AxiosInstance, getAdapter, type InternalAxiosRequestConfig } from 'axios'

type Config = InternalAxiosRequestConfig

/** The parts of a URL. */
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

/** The parts of the URL, each read once: a getter must not give another value when the request is sent. */
export function urlPartsOf(config: Config): UrlParts {
  const { url, baseURL, allowAbsoluteUrls, paramsSerializer } = config
  const params: unknown = config.params
  return { url: url && String(url), baseURL: baseURL && String(baseURL), allowAbsoluteUrls, params, paramsSerializer }
}

/** After one slash: axios appends it to the base URL unchanged. */
const PATH = /^\/(?!\/)/

/** Gives whole URLs, parameters included. `getUri` merges configs, which takes a third as long as a request: it is asked once for each base URL. */
export function createUrlOf(bare: AxiosInstance): (parts: UrlParts) => string {
  let last: { readonly baseURL: string; readonly start: string } | undefined
  const startOf = (baseURL: string): string => {
    if (last?.baseURL !== baseURL) last = { baseURL, start: bare.getUri({ baseURL, url: '/' }).slice(0, -1) }
    return last.start
  }
  return (parts) => {
    const { baseURL, params, url = '' } = parts
    const isPath = baseURL && !params && PATH.test(url)
    const whole = isPath ? startOf(baseURL) + url : baseURL || params ? bare.getUri(parts as Config) : url
    const base = globalThis.document?.baseURI ?? globalThis.location?.href
    return base === undefined ? whole : new URL(whole, base).href
  }
}

/** By hand, since a spread of the configs that axios makes takes longer than all the rest. */
export function copyOf<T extends object>(config: T): T {
  const copy: Partial<T> = {}
  for (const name of Object.keys(config) as (keyof T)[]) copy[name] = config[name]
  for (const name of Object.getOwnPropertySymbols(config)) Reflect.set(copy, name, Reflect.get(config, name))
  return copy as T
}

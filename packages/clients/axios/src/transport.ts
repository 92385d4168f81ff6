import { type AxiosAdapter, AxiosHeaders, type AxiosInstance, getAdapter, type InternalAxiosRequestConfig } from 'axios'

type Config = InternalAxiosRequestConfig

const URL_MEMBERS = ['url', 'baseURL', 'allowAbsoluteUrls', 'params', 'paramsSerializer'] as const

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

/** The whole URL, parameters included. */
export function urlOf(bare: AxiosInstance, config: Config): string {
  const url = config.baseURL || config.params ? bare.getUri(pick(config, URL_MEMBERS)) : (config.url ?? '')
  const base = globalThis.document?.baseURI ?? globalThis.location?.href
  return base === undefined ? url : new URL(url, base).href
}

function pick<T extends object, Name extends keyof T>(from: T, names: readonly Name[]): Partial<Pick<T, Name>> {
  const picked: Partial<Pick<T, Name>> = {}
  for (const name of names) picked[name] = from[name]
  return picked
}

/** By hand, since a spread of the configs that axios makes takes longer than all the rest. */
export function copyOf<T extends object>(config: T): T {
  const copy: Partial<T> = {}
  for (const name of Object.keys(config) as (keyof T)[]) copy[name] = config[name]
  for (const name of Object.getOwnPropertySymbols(config)) Reflect.set(copy, name, Reflect.get(config, name))
  return copy as T
}

/** Whatever comes first of the request's signal and its cancel token, until `release`; axios makes the error of it. */
export function signalOf({ signal, cancelToken }: Config): { signal: AbortSignal | undefined; release?: () => void } {
  if (!cancelToken && (!signal || signal instanceof AbortSignal)) return { signal }
  const controller = new AbortController()
  const abort = () => controller.abort()
  cancelToken?.subscribe(abort)
  signal?.addEventListener?.('abort', abort)
  const release = () => {
    cancelToken?.unsubscribe(abort)
    signal?.removeEventListener?.('abort', abort)
  }
  return { signal: controller.signal, release }
}

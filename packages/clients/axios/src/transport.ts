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
  const url = bare.getUri(Object.fromEntries(URL_MEMBERS.map((name) => [name, config[name]])))
  const base = globalThis.document?.baseURI ?? globalThis.location?.href
  return base === undefined ? url : new URL(url, base).href
}

/** Whatever comes first of the request's signal and its cancel token, until `release`; axios makes the error of it. */
export function signalOf({ signal, cancelToken }: Config): { signal: AbortSignal | undefined; release(): void } {
  if (!cancelToken && (!signal || signal instanceof AbortSignal)) return { signal, release() {} }
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

import { type AxiosAdapter, AxiosHeaders, type AxiosInstance, getAdapter, type InternalAxiosRequestConfig } from 'axios'

const URL_MEMBERS = ['url', 'baseURL', 'allowAbsoluteUrls', 'params', 'paramsSerializer'] as const

/** An instance of the same copy of axios, without interceptors and defaults. */
export function bareOf(instance: AxiosInstance): AxiosInstance {
  const bare = instance.create()
  for (const name of Object.keys(bare.defaults)) Reflect.deleteProperty(bare.defaults, name)
  return bare
}

/** Adapters that are named belong to the copy of axios that the instance is of; with a bare one it does twice the work. */
export function adapterOf(bare: AxiosInstance, { adapter, headers }: InternalAxiosRequestConfig): AxiosAdapter {
  if (typeof adapter === 'function') return adapter
  if (headers instanceof AxiosHeaders) return (sent) => getAdapter(adapter, sent)(sent)
  return (sent) => bare.request({ ...sent, ...(adapter && { adapter }), transformRequest: [], transformResponse: [] })
}

/** The whole URL, parameters included. */
export function urlOf(bare: AxiosInstance, config: InternalAxiosRequestConfig): string {
  const url = bare.getUri(Object.fromEntries(URL_MEMBERS.map((name) => [name, config[name]])))
  const base = globalThis.document?.baseURI ?? globalThis.location?.href
  return base === undefined ? url : new URL(url, base).href
}

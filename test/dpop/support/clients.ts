import { Readable } from 'node:stream'
import { attachCredential } from '@valetkey/axios'
import type { CredentialSource } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { withCredential as kyWithCredential } from '@valetkey/ky'
import axios from 'axios'
import ky from 'ky'

export interface SentRequest {
  readonly method?: string
  readonly body?: string | ReadableStream<Uint8Array<ArrayBuffer>>
  readonly replay?: boolean
}

/** Sends one request, and gives what the program gets. */
export type Client = (url: string, request?: SentRequest) => Promise<{ readonly status: number; readonly text: string }>

const axiosClient =
  (adapter: 'http' | 'fetch') =>
  (source: CredentialSource): Client => {
    const http = axios.create({ adapter, responseType: 'text', validateStatus: () => true, transformResponse: [] })
    attachCredential(http, source)
    return async (url, { method = 'GET', body, replay } = {}) => {
      const valetkey = replay === undefined ? {} : { valetkey: { replay } }
      const stream = typeof body === 'object' && adapter === 'http' ? Readable.fromWeb(body as never) : undefined
      const { status, data } = await http.request<string>({ url, method, data: stream ?? body, ...valetkey })
      return { status, text: data }
    }
  }

/** Each client of valetkey with a credential. */
export const CLIENTS: Readonly<Record<string, (source: CredentialSource) => Client>> = {
  fetch: (source) => {
    const send = withCredential(fetch, source)
    return async (url, { replay, ...init } = {}) => {
      const valetkey = replay === undefined ? {} : { valetkey: { replay } }
      const duplex = init.body instanceof ReadableStream ? { duplex: 'half' as const } : {}
      const response = await send(url, { ...init, ...duplex, ...valetkey })
      return { status: response.status, text: await response.text() }
    }
  },
  axios: axiosClient('http'),
  'axios over fetch': axiosClient('fetch'),
  ky: (source) => {
    const http = kyWithCredential(ky.create({ throwHttpErrors: false, retry: 0 }), source)
    return async (url, { replay, ...init } = {}) => {
      const valetkey = replay === undefined ? {} : { valetkey: { replay } }
      const response = await http(url, { ...init, ...valetkey })
      return { status: response.status, text: await response.text() }
    }
  },
}

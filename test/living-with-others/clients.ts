import { attachCredential } from '@valetkey/axios'
import type { CredentialSource } from '@valetkey/core'
import { withCredential as fetchWithCredential } from '@valetkey/fetch'
import { withCredential as kyWithCredential } from '@valetkey/ky'
import axios from 'axios'
import ky from 'ky'
import ky1 from 'ky-1'

/** Sends JSON if there is any, and gives status and text of whatever is answered. */
export type Send = (url: string, json?: object) => Promise<{ readonly status: number; readonly text: string }>

export interface Client {
  readonly name: string
  /** As a program makes it when it starts: before a test replaces what sends. */
  readonly make: (source: CredentialSource) => Send
}

export const CLIENTS: readonly Client[] = [
  { name: 'fetch', make: (source) => overFetch(fetchWithCredential((...request) => fetch(...request), source)) },
  {
    name: 'ky 2',
    make: (source) => overFetch(kyWithCredential(ky.create({ throwHttpErrors: false, retry: 0 }), source)),
  },
  {
    name: 'ky 1',
    make: (source) => overFetch(kyWithCredential(ky1.create({ throwHttpErrors: false, retry: 0 }), source)),
  },
  { name: 'axios over http', make: (source) => overAxios('http', source) },
  { name: 'axios over fetch', make: (source) => overAxios('fetch', source) },
]

function overFetch(send: (url: string, init: RequestInit) => Promise<Response>): Send {
  return async (url, json) => {
    const headers = { 'content-type': 'application/json' }
    const response = await send(url, json ? { method: 'POST', headers, body: JSON.stringify(json) } : {})
    return { status: response.status, text: await response.text() }
  }
}

function overAxios(adapter: 'http' | 'fetch', source: CredentialSource): Send {
  const http = axios.create({ adapter, responseType: 'text', validateStatus: () => true })
  attachCredential(http, source)
  return async (url, json) => {
    const { status, data } = await (json ? http.post(url, json) : http.get(url))
    return { status, text: data }
  }
}

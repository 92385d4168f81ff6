import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'
import { attachCredential } from '@valetkey/axios'
import { withCredential } from '@valetkey/fetch'
import { withCredential as withCredentialOfKy } from '@valetkey/ky'
import axios, { type AxiosInstance } from 'axios'
import { createAuthRefresh } from 'axios-auth-refresh'
import ky, { type KyInstance } from 'ky'
import { carefulAdapter, carefulFetch } from '../subjects/careful.ts'
import { type Account, CLIENT_ID, refresh, type Subject } from '../subjects/subject.ts'
import { credentialOf } from '../subjects/valetkey.ts'

export type UploadBody = ReadableStream<Uint8Array> | Buffer<ArrayBuffer>

/** Sends and receives what is large. */
export interface Streams {
  down(url: string): Promise<AsyncIterable<Uint8Array>>
  /** Resolves with the number of bytes that the API got. */
  up(url: string, body: UploadBody): Promise<number>
}

export interface StreamingSubject extends Pick<Subject, 'client' | 'name'> {
  open(account: Account): Promise<Streams>
}

export const SUBJECTS: readonly StreamingSubject[] = [
  { client: 'fetch', name: 'plain', open: async (account) => overFetch(plainFetch(account)) },
  { client: 'fetch', name: 'careful code', open: async (account) => overFetch(carefulFetch(account)) },
  {
    client: 'fetch',
    name: 'valetkey',
    open: async (account) => overFetch(withCredential(fetch, await credentialOf(account))),
  },
  {
    client: 'fetch',
    name: 'badgateway',
    async open({ origin, tokens }) {
      const client = new OAuth2Client({ server: origin, tokenEndpoint: '/token', clientId: CLIENT_ID })
      const wrapper = new OAuth2Fetch({ client, getNewToken: () => null, getStoredToken: () => tokens })
      return overFetch((input, init) => wrapper.fetch(input instanceof URL ? input.href : input, init))
    },
  },
  {
    client: 'axios',
    name: 'plain',
    open: async ({ tokens }) => overAxios(axios.create({ headers: { authorization: `Bearer ${tokens.accessToken}` } })),
  },
  {
    client: 'axios',
    name: 'careful code',
    open: async (account) => overAxios(axios.create({ adapter: carefulAdapter(account) })),
  },
  {
    client: 'axios',
    name: 'valetkey',
    async open(account) {
      const http = axios.create()
      attachCredential(http, await credentialOf(account))
      return overAxios(http)
    },
  },
  {
    client: 'axios',
    name: 'axios-auth-refresh',
    async open(account) {
      const { accessToken, refreshToken } = account.tokens
      const http = axios.create({ headers: { authorization: `Bearer ${accessToken}` } })
      // Its types are those of axios' CommonJS build.
      createAuthRefresh(http as never, () => refresh(account, refreshToken))
      return overAxios(http)
    },
  },
  {
    client: 'ky',
    name: 'plain',
    open: async ({ tokens }) => overKy(ky.create({ headers: { authorization: `Bearer ${tokens.accessToken}` } })),
  },
  {
    client: 'ky',
    name: 'careful code',
    open: async (account) => overKy(ky.create({ fetch: carefulFetch(account) })),
  },
  {
    client: 'ky',
    name: 'valetkey',
    open: async (account) => overKy(withCredentialOfKy(ky.create(), await credentialOf(account))),
  },
]

function plainFetch({ tokens }: Account): typeof fetch {
  const headers = { authorization: `Bearer ${tokens.accessToken}` }
  return (input, init) => fetch(input, { ...init, headers })
}

function overFetch(send: typeof fetch): Streams {
  return {
    down: async (url) => bodyOf(await send(url)),
    async up(url, body) {
      const duplex = body instanceof ReadableStream ? { duplex: 'half' as const } : {}
      return Number(await (await send(url, { method: 'POST', body, ...duplex })).text())
    },
  }
}

function overKy(api: KyInstance): Streams {
  return {
    down: async (url) => bodyOf(await api.get(url, { timeout: false })),
    async up(url, body) {
      const duplex = body instanceof ReadableStream ? { duplex: 'half' as const } : {}
      return Number(await api.post(url, { body, timeout: false, ...duplex }).text())
    },
  }
}

function overAxios(http: AxiosInstance): Streams {
  return {
    down: async (url) => (await http.get<Readable>(url, { responseType: 'stream' })).data,
    async up(url, body) {
      // As a stream by axios' own rules; without `maxRedirects: 0` it keeps a copy for a redirect.
      const data = body instanceof ReadableStream ? Readable.fromWeb(body as NodeReadableStream) : body
      const settings = { maxRedirects: 0, maxBodyLength: Number.POSITIVE_INFINITY }
      const headers = { 'content-type': 'application/octet-stream' }
      return Number((await http.post<unknown>(url, data, { ...settings, headers })).data)
    },
  }
}

async function* bodyOf(response: Response): AsyncGenerator<Uint8Array> {
  if (response.status !== 200) throw new Error(`unexpected status ${response.status}`)
  for await (const chunk of response.body ?? []) yield chunk
}

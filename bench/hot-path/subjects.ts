import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'
import { attachCredential } from '@valetkey/axios'
import { type Credential, createTokenCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { withCredential as kyWithCredential } from '@valetkey/ky'
import axios, { type AxiosAdapter } from 'axios'
import ky from 'ky'
import { carefulAxiosAdapter, carefulFetch } from './careful.ts'

export type Fetch = typeof globalThis.fetch

/** What a subject sends through, and where to. */
export interface Transport {
  readonly fetch: Fetch
  readonly adapter: AxiosAdapter
  /** Origin and path. */
  readonly url: string
  readonly origin: string
  readonly path: string
}

export const CLIENTS = ['fetch', 'axios', 'ky'] as const

/** One way to send a request with a fresh token. */
export interface Subject {
  readonly client: (typeof CLIENTS)[number]
  readonly name: string
  /** What it puts on the transport, ready to send: the token is in memory. */
  open(transport: Transport): Promise<Send>
}

/** Sends one GET request as a program would write it. */
export type Send = () => Promise<{ readonly status: number }>

/** As long as the tokens of most vendors: a JWT with a dozen claims. */
const TOKEN = `${'h'.repeat(36)}.${'p'.repeat(400)}.${'s'.repeat(342)}`

const AUTHORIZATION = `Bearer ${TOKEN}`

const HOUR_S = 3600

async function credentialOf(origin: string): Promise<Credential> {
  const credential = createTokenCredential(
    {
      vendor: 'bench',
      origins: [origin],
      identity: ['bench'],
      grant: { acquire: async () => ({ accessToken: TOKEN, expiresIn: HOUR_S }) },
    },
    { allowInsecureRequests: true },
  )
  await credential.getToken()
  return credential
}

/** The least that a program writes which renews its token. */
const tokens = {
  current: () => ({ authorization: AUTHORIZATION, expiresAt: Date.now() + HOUR_S * 1000 }),
  renew: async () => tokens.current(),
}

const fetchSubjects: readonly Subject[] = [
  {
    client: 'fetch',
    name: 'plain',
    async open({ fetch, url }) {
      return () => fetch(url, { headers: { accept: 'application/json', authorization: AUTHORIZATION } })
    },
  },
  {
    client: 'fetch',
    name: 'careful code',
    async open({ fetch, origin, url }) {
      const send = carefulFetch(fetch, origin, tokens)
      return () => send(url, { headers: { accept: 'application/json' } })
    },
  },
  {
    client: 'fetch',
    name: 'valetkey',
    async open({ fetch, origin, url }) {
      const send = withCredential(fetch, await credentialOf(origin))
      return () => send(url, { headers: { accept: 'application/json' } })
    },
  },
  {
    client: 'fetch',
    name: 'badgateway',
    async open({ fetch, origin, url }) {
      // It sends with the global fetch, whatever that is.
      globalThis.fetch = fetch
      const wrapper = new OAuth2Fetch({
        client: new OAuth2Client({ server: origin, clientId: 'bench' }),
        getNewToken: async () => ({ accessToken: TOKEN, expiresAt: Date.now() + HOUR_S * 1000, refreshToken: null }),
      })
      await wrapper.getAccessToken()
      return () => wrapper.fetch(url, { headers: { accept: 'application/json' } })
    },
  },
]

const axiosSubjects: readonly Subject[] = [
  {
    client: 'axios',
    name: 'plain',
    async open({ adapter, origin, path }) {
      const http = axios.create({
        baseURL: origin,
        headers: { authorization: AUTHORIZATION },
        adapter,
      })
      return () => http.get(path)
    },
  },
  {
    client: 'axios',
    name: 'careful code',
    async open({ adapter, origin, path }) {
      const http = axios.create({ baseURL: origin, adapter: carefulAxiosAdapter(adapter, origin, tokens) })
      return () => http.get(path)
    },
  },
  {
    client: 'axios',
    name: 'valetkey',
    async open({ adapter, origin, path }) {
      const http = axios.create({ baseURL: origin, adapter })
      attachCredential(http, await credentialOf(origin))
      return () => http.get(path)
    },
  },
]

const kySubjects: readonly Subject[] = [
  {
    client: 'ky',
    name: 'plain',
    async open({ fetch, url }) {
      const api = ky.create({ fetch, headers: { authorization: AUTHORIZATION } })
      return () => api.get(url)
    },
  },
  {
    client: 'ky',
    name: 'careful code',
    async open({ fetch, origin, url }) {
      const api = ky.create({ fetch: carefulFetch(fetch, origin, tokens) })
      return () => api.get(url)
    },
  },
  {
    client: 'ky',
    name: 'valetkey',
    async open({ fetch, origin, url }) {
      const api = kyWithCredential(ky.create({ fetch }), await credentialOf(origin))
      return () => api.get(url)
    },
  },
]

export const SUBJECTS: readonly Subject[] = [...fetchSubjects, ...axiosSubjects, ...kySubjects]

/** `fetch plain`. */
export function titleOf({ client, name }: Subject): string {
  return `${client} ${name}`
}

export function subjectTitled(title: string | undefined): Subject {
  const subject = SUBJECTS.find((candidate) => titleOf(candidate) === title)
  if (!subject) throw new RangeError(`no subject is called "${title}"`)
  return subject
}

import { attachCredential } from '@valetkey/axios'
import { withCredential } from '@valetkey/fetch'
import { withCredential as withCredentialOfKy } from '@valetkey/ky'
import axios from 'axios'
import { createAuthRefresh } from 'axios-auth-refresh'
import ky, { type KyInstance } from 'ky'
import type { SignedIn } from '../vendor/token-endpoint.ts'
import { carefulAdapter, carefulFetch, keepTokens } from './careful.ts'
import { PEERS } from './peers.ts'
import { type Account, readAll, refresh, type Send, type Subject, titleOf } from './subject.ts'
import { credentialOf, type GrantName } from './valetkey.ts'

const FETCH: readonly Subject[] = [
  {
    client: 'fetch',
    name: 'plain',
    renews: 'never',
    async open({ origin, tokens }) {
      const authorization = `Bearer ${tokens.accessToken}`
      return async (path) => readAll(await fetch(`${origin}${path}`, { headers: { authorization } }))
    },
  },
  {
    client: 'fetch',
    name: 'careful code',
    renews: 'refused',
    open: async (account) => sendWithFetch(account, carefulFetch(account)),
  },
  valetkeyFetch('valetkey', 'refresh token'),
  valetkeyFetch('valetkey, client credentials', 'client credentials'),
  valetkeyFetch('valetkey, password', 'password'),
  ...PEERS,
]

const AXIOS: readonly Subject[] = [
  {
    client: 'axios',
    name: 'plain',
    renews: 'never',
    async open({ origin, tokens }) {
      const http = axios.create({ baseURL: origin, headers: { authorization: `Bearer ${tokens.accessToken}` } })
      return async (path) => (await http.get(path)).status
    },
  },
  {
    client: 'axios',
    name: 'careful code',
    renews: 'refused',
    async open(account) {
      const http = axios.create({ baseURL: account.origin, adapter: carefulAdapter(account) })
      return async (path) => (await http.get(path)).status
    },
  },
  {
    client: 'axios',
    name: 'valetkey',
    renews: 'refused',
    async open(account) {
      const http = axios.create({ baseURL: account.origin })
      attachCredential(http, await credentialOf(account))
      return async (path) => (await http.get(path)).status
    },
  },
  {
    client: 'axios',
    name: 'axios-auth-refresh',
    renews: 'refused',
    async open(account) {
      let { tokens } = account
      const http = axios.create({ baseURL: account.origin })
      http.interceptors.request.use((config) => {
        config.headers.set('authorization', `Bearer ${tokens.accessToken}`)
        return config
      })
      // Its types are those of axios' CommonJS build.
      createAuthRefresh(http as never, async () => {
        tokens = await refresh(account, tokens.refreshToken)
      })
      return async (path) => (await http.get(path)).status
    },
  },
]

const KY: readonly Subject[] = [
  {
    client: 'ky',
    name: 'plain',
    renews: 'never',
    async open({ origin, tokens }) {
      return sendWithKy(origin, ky.create({ headers: { authorization: `Bearer ${tokens.accessToken}` } }))
    },
  },
  {
    client: 'ky',
    name: 'careful code',
    renews: 'refused',
    open: async (account) => sendWithKy(account.origin, ky.create({ fetch: carefulFetch(account) })),
  },
  {
    client: 'ky',
    name: 'valetkey',
    renews: 'refused',
    open: async (account) => sendWithKy(account.origin, withCredentialOfKy(ky.create(), await credentialOf(account))),
  },
  {
    client: 'ky',
    name: 'careful hooks',
    renews: 'refused',
    async open(account) {
      const kept = keepTokens(account)
      const sent = new Map<string, SignedIn>()
      const authorize = (request: Request, tokens: SignedIn): Request => {
        const authorization = `Bearer ${tokens.accessToken}`
        request.headers.set('authorization', authorization)
        sent.set(authorization, tokens)
        return request
      }
      const api = ky.create({
        hooks: {
          beforeRequest: [
            async ({ request }) => {
              authorize(request, await kept.get())
            },
          ],
          afterResponse: [
            async ({ request, response, retryCount }) => {
              const tokens = sent.get(request.headers.get('authorization') ?? '')
              if (response.status !== 401 || retryCount > 0 || tokens === undefined) return undefined
              return ky.retry({ request: authorize(new Request(request), await kept.newerThan(tokens)), delay: 0 })
            },
          ],
        },
      })
      return sendWithKy(account.origin, api)
    },
  },
]

export const SUBJECTS: readonly Subject[] = [...FETCH, ...AXIOS, ...KY]

export function subjectTitled(title: string | undefined): Subject {
  const subject = SUBJECTS.find((candidate) => titleOf(candidate) === title)
  if (!subject) throw new RangeError(`no subject is called "${title}"`)
  return subject
}

function valetkeyFetch(name: string, grant: GrantName): Subject {
  return {
    client: 'fetch',
    name,
    renews: 'refused',
    async open(account) {
      const credential = await credentialOf(account, grant)
      if (grant !== 'refresh token' && Date.now() < account.tokens.expiresAt) await credential.getToken()
      return sendWithFetch(account, withCredential(fetch, credential))
    },
  }
}

function sendWithFetch({ origin }: Account, authorized: typeof fetch): Send {
  return async (path) => readAll(await authorized(`${origin}${path}`))
}

function sendWithKy(origin: string, api: KyInstance): Send {
  return async (path) => readAll(await api.get(`${origin}${path}`))
}

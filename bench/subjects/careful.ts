// The limit that we know: what a careful program writes itself for one vendor, one account and one process, and no more.
import axios, { type AxiosAdapter, type InternalAxiosRequestConfig } from 'axios'
import type { SignedIn } from '../vendor/token-endpoint.ts'
import { type Account, refresh } from './subject.ts'

/** A token is replaced in the background in this last part of its life. */
const AHEAD = 0.2

/** One refresh for all who ask meanwhile; a refusal of a token that was replaced already costs none. */
export function keepTokens(account: Account) {
  let tokens: SignedIn = account.tokens
  let aheadAt = aheadOf(tokens)
  let flight: Promise<SignedIn> | undefined
  const renew = (): Promise<SignedIn> => {
    flight ??= refresh(account, tokens.refreshToken)
      .then((renewed) => {
        tokens = renewed
        aheadAt = aheadOf(renewed)
        return renewed
      })
      .finally(() => {
        flight = undefined
      })
    return flight
  }
  return {
    get(): SignedIn | Promise<SignedIn> {
      const now = Date.now()
      if (now < aheadAt) return tokens
      if (now >= tokens.expiresAt) return renew()
      renew().catch(() => {})
      return tokens
    },
    newerThan: (refused: SignedIn): SignedIn | Promise<SignedIn> => (tokens === refused ? renew() : tokens),
  }
}

function aheadOf({ expiresAt }: SignedIn): number {
  return expiresAt - AHEAD * (expiresAt - Date.now())
}

/** A fetch with the header on top, for one origin; a request is sent once more after a 401. */
export function carefulFetch(account: Account): typeof fetch {
  const kept = keepTokens(account)
  const start = `${account.origin}/`
  const attempt = (input: string | URL | Request, init: RequestInit | undefined, tokens: SignedIn) => {
    const given = init?.headers ?? (input instanceof Request ? input.headers : undefined)
    const isPlain = given === undefined || Object.getPrototypeOf(given) === Object.prototype
    const headers = isPlain ? { ...given } : Object.fromEntries(new Headers(given))
    return fetch(input, { ...init, headers: { ...headers, authorization: `Bearer ${tokens.accessToken}` } })
  }
  return async (input, init) => {
    const isRequest = input instanceof Request
    const url = isRequest ? input.url : String(input)
    if (!url.startsWith(start)) return fetch(input, init)
    const now = kept.get()
    const tokens = now instanceof Promise ? await now : now
    const again = isRequest && input.body ? input.clone() : input
    const response = await attempt(input, init, tokens)
    if (response.status !== 401 || init?.body instanceof ReadableStream) return response
    await response.body?.cancel()
    return attempt(again, init, await kept.newerThan(tokens))
  }
}

/** The same below axios, in its adapter. */
export function carefulAdapter(account: Account): AxiosAdapter {
  const kept = keepTokens(account)
  const start = `${account.origin}/`
  const inner = axios.getAdapter(axios.defaults.adapter)
  const attempt = (config: InternalAxiosRequestConfig, tokens: SignedIn) => {
    config.headers.set('authorization', `Bearer ${tokens.accessToken}`)
    return inner(config)
  }
  return async (config) => {
    const url = config.url?.startsWith('/') ? `${config.baseURL ?? ''}${config.url}` : (config.url ?? '')
    if (!url.startsWith(start)) return inner(config)
    const now = kept.get()
    const tokens = now instanceof Promise ? await now : now
    try {
      return await attempt(config, tokens)
    } catch (error) {
      if (!axios.isAxiosError(error) || error.response?.status !== 401) throw error
      return attempt(config, await kept.newerThan(tokens))
    }
  }
}

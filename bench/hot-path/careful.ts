// The limit that we know: what a careful program writes itself for one vendor, one account and one process, and no more.
import axios, { type AxiosAdapter, type InternalAxiosRequestConfig } from 'axios'
import type { Fetch } from './subjects.ts'

export interface Token {
  readonly authorization: string
  /** Unix ms. */
  readonly expiresAt: number
}

export interface Tokens {
  current(): Token
  renew(): Promise<Token>
}

/** One renewal for all who ask meanwhile. */
function keepToken({ current, renew }: Tokens) {
  let token = current()
  let renewing: Promise<Token> | undefined
  const fresh = (): Promise<Token> => {
    renewing ??= renew()
      .then((renewed) => {
        token = renewed
        return renewed
      })
      .finally(() => {
        renewing = undefined
      })
    return renewing
  }
  return {
    now: (): Token | Promise<Token> => (Date.now() < token.expiresAt ? token : fresh()),
    newerThan: async (refused: Token): Promise<Token> => (token === refused ? fresh() : token),
  }
}

/** The URL with a header on top, sent once more after a 401. */
export function carefulFetch(fetch: Fetch, origin: string, tokens: Tokens): Fetch {
  const kept = keepToken(tokens)
  const start = `${origin}/`
  const attempt = (input: string | URL | Request, init: RequestInit | undefined, token: Token): Promise<Response> => {
    const given = init?.headers ?? (input instanceof Request ? input.headers : undefined)
    const own =
      given && Object.getPrototypeOf(given) !== Object.prototype ? Object.fromEntries(new Headers(given)) : given
    return fetch(input, { ...init, headers: { ...own, authorization: token.authorization } })
  }
  return (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    if (!url.startsWith(start)) return fetch(input, init)
    const send = (token: Token): Promise<Response> =>
      attempt(input, init, token).then((response) =>
        response.status === 401 ? kept.newerThan(token).then((newer) => attempt(input, init, newer)) : response,
      )
    const token = kept.now()
    return 'then' in token ? token.then(send) : send(token)
  }
}

/** The same below axios, in its adapter. */
export function carefulAxiosAdapter(inner: AxiosAdapter, origin: string, tokens: Tokens): AxiosAdapter {
  const kept = keepToken(tokens)
  const start = `${origin}/`
  const attempt = (config: InternalAxiosRequestConfig, token: Token) => {
    config.headers.authorization = token.authorization
    return inner(config)
  }
  return async (config) => {
    const url = config.baseURL && config.url?.startsWith('/') ? config.baseURL + config.url : (config.url ?? '')
    if (!url.startsWith(start)) return inner(config)
    const token = kept.now()
    const current = 'then' in token ? await token : token
    try {
      return await attempt(config, current)
    } catch (error) {
      if (!axios.isAxiosError(error) || error.response?.status !== 401) throw error
      return attempt(config, await kept.newerThan(current))
    }
  }
}

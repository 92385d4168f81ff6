/// <reference lib="esnext.disposable" />
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** Whom the simulator knows. */
export const OWNER = {
  clientId: 'harbour-office',
  clientSecret: 'canary-client-secret',
} as const

export const ONE_HOUR_MS = 3_600_000

/** Answers as Kestrel does, on a loopback port. */
export interface Simulator extends AsyncDisposable {
  readonly baseUrl: string
  readonly tokenUrl: string
  /** `token 200`, `api 401` … in the order in which they were answered. */
  readonly traffic: readonly string[]
  /** What each API request carried. */
  readonly carried: readonly (string | undefined)[]
  /** The access token that was given out last is refused from now on. */
  revokeAccessToken(): void
  /** The next token request is one too many: 429, and when to come back, in seconds. */
  limitNext(resetAfter: number): void
}

export async function startSimulator(): Promise<Simulator> {
  const traffic: string[] = []
  const carried: (string | undefined)[] = []
  const tokens = createTokens()
  const limit = createLimit()
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const body = await text(request)
    if (request.method === 'POST' && url.pathname === '/token') {
      const given = limit.take() ?? tokens.give(JSON.parse(body))
      traffic.push(`token ${given.status}`)
      return given
    }
    const token = tokenOf(request)
    const status = tokens.isGood(token) ? 200 : 401
    carried.push(token)
    traffic.push(`api ${status}`)
    return { status, body: status === 200 ? { id: 1111 } : { error: 'unauthorized' } }
  }
  const server = createServer((request, response) => {
    void answer(request).then(({ status, headers, body }) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const baseUrl = `http://127.0.0.1:${port}`
  return {
    baseUrl,
    tokenUrl: `${baseUrl}/token`,
    traffic,
    carried,
    revokeAccessToken: tokens.revokeAccessToken,
    limitNext: limit.set,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}

interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
}

interface TokenRequest {
  readonly grant_type?: unknown
  readonly client_id?: unknown
  readonly client_secret?: unknown
}

interface Tokens {
  give(request: TokenRequest): Answer
  isGood(token: string | undefined): boolean
  revokeAccessToken(): void
}

function createTokens(): Tokens {
  let given = 0
  let accessToken: string | undefined
  return {
    give(request) {
      if (!isClient(request)) return { status: 200, body: { problem: 'bad-client' } }
      given += 1
      accessToken = `access-${given}`
      return { status: 200, body: { token: accessToken, ttl: ONE_HOUR_MS / 1000 } }
    },
    isGood: (token) => token !== undefined && token === accessToken,
    revokeAccessToken() {
      accessToken = undefined
    },
  }
}

function isClient(request: TokenRequest): boolean {
  const { grant_type: grantType, client_id: id, client_secret: secret } = request
  return grantType === 'client_credentials' && id === OWNER.clientId && secret === OWNER.clientSecret
}

function createLimit(): { set(resetAfter: number): void; take(): Answer | undefined } {
  let resetAfter: number | undefined
  return {
    set(seconds) {
      resetAfter = seconds
    },
    take() {
      if (resetAfter === undefined) return undefined
      const headers = { 'x-kestrel-reset': String(resetAfter) }
      resetAfter = undefined
      return { status: 429, headers, body: { problem: 'slow-down' } }
    },
  }
}

function tokenOf({ headers }: IncomingMessage): string | undefined {
  return headers['x-kestrel-token']?.toString()
}

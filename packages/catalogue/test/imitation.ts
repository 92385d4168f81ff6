import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export const CLIENT_ID = 'client-1'
export const CLIENT_SECRET = 'client-secret'
export const REDIRECT_URI = 'https://boats.example.com/callback'
const CODE = 'code-1'
const DEVICE_CODE = 'device-code-1'

interface Reply {
  readonly status: number
  readonly body: unknown
}

/** The tokens of one answer. */
export interface Pair {
  readonly accessToken: string
  readonly refreshToken: string
}

/** What a vendor's public documentation says of its token endpoint and its API, for one grant. */
export interface Rules {
  /** Options of this grant beside those of the row. */
  readonly options?: Readonly<Record<string, unknown>>
  /** Where the client proves itself: an Authorization header, the parameters, its id in the parameters only, or not looked at. */
  readonly client: 'basic' | 'body' | 'id' | 'any'
  /** How the parameters of a token request are written. @default 'form' */
  readonly encoding?: 'form' | 'json' | 'query'
  /** @default that of the grant's name */
  readonly grantType?: string
  /** Members that every token request must have beside those of its grant. */
  readonly required?: Readonly<Record<string, string>>
  /** Headers that every token request must have. */
  readonly headers?: Readonly<Record<string, string>>
  /** Whether a refresh gives a new refresh token and ends the one that was used, or there is no refresh. */
  readonly refresh: 'rotates' | 'keeps' | 'never'
  /** The answer with tokens, as documented; `refreshed`: to a refresh. */
  answer(pair: Pair, refreshed: boolean): unknown
  /** A refresh token that is dead. Not with `refresh: 'never'`. */
  readonly dead?: Reply
  /** Where the API looks for the token. @default `Authorization: Bearer` */
  tokenOf?(request: IncomingMessage): string | undefined
  /** How the API says that it refuses a token. @default 401 without a body */
  readonly refused?: Reply
  /** What the callback has beside code and state. */
  readonly callback?: Readonly<Record<string, string>>
  /** Parameters that an authorization request must have. */
  readonly authorization?: Readonly<Record<string, string>>
  /** Whether the vendor takes PKCE; without it the request must not have it. @default true */
  readonly pkce?: boolean
  /** Where a client proves itself at the revocation endpoint. @default as at the token endpoint */
  readonly revocationClient?: Rules['client']
}

export interface Imitation extends AsyncDisposable {
  readonly origin: string
  readonly tokenRequests: readonly URLSearchParams[]
  readonly revoked: readonly string[]
  /** Ends all access tokens that were given. */
  expire(): void
  /** Ends the grant: neither its access tokens nor its refresh token are good any more. */
  revoke(): void
  /** The next token requests are answered by a gateway's 503. */
  fail(times: number): void
}

/** A small server that keeps the rules of one vendor. It answers 500 with the reason to what the vendor would not understand. */
export async function startImitation(grant: string, rules: Rules): Promise<Imitation> {
  const tokenRequests: URLSearchParams[] = []
  const revoked: string[] = []
  let count = 0
  let live: Pair | undefined
  let isAccessAlive = false
  let failures = 0
  let challenge: string | null = null

  const next = (kept?: string): Pair => {
    count += 1
    live = { accessToken: `access-${count}`, refreshToken: kept ?? `refresh-${count}` }
    isAccessAlive = true
    return live
  }

  const token = async (request: IncomingMessage, url: URL): Promise<Reply> => {
    const parameters = await parametersOf(request, url, rules.encoding)
    if (failures > 0) {
      failures -= 1
      return { status: 503, body: '<html>Service Unavailable</html>' }
    }
    tokenRequests.push(parameters)
    demandClient(request, parameters, rules.client)
    const grantType = parameters.get('grant_type') ?? ''
    for (const [name, value] of Object.entries(rules.required ?? {})) demand(parameters.get(name) === value, name)
    for (const [name, value] of Object.entries(rules.headers ?? {}))
      demand(request.headers[name.toLowerCase()] === value, `the header ${name}`)
    if (grantType !== 'refresh_token') {
      demand(
        grantType === (rules.grantType ?? GRANT_TYPES[grant]),
        `grant_type ${rules.grantType ?? GRANT_TYPES[grant]}`,
      )
      if (grant === 'authorizationCode') demandCode(parameters)
      if (grant === 'deviceCode') demand(parameters.get('device_code') === DEVICE_CODE, 'device_code')
      return { status: 200, body: rules.answer(next(), false) }
    }
    demand(rules.refresh !== 'never', 'no refresh_token')
    const used = parameters.get('refresh_token') ?? ''
    if (used !== live?.refreshToken) return rules.dead ?? { status: 500, body: 'no answer to a dead refresh token' }
    return { status: 200, body: rules.answer(next(rules.refresh === 'rotates' ? undefined : used), true) }
  }

  const demandCode = (parameters: URLSearchParams): void => {
    demand(parameters.get('code') === CODE, 'code')
    const verifier = parameters.get('code_verifier')
    if (rules.pkce === false) return demand(verifier === null, 'no code_verifier')
    demand(createHash('sha256').update(String(verifier)).digest('base64url') === challenge, 'code_verifier')
  }

  const authorize = (url: URL, response: ServerResponse): void => {
    const { searchParams } = url
    for (const [name, value] of Object.entries({ client_id: CLIENT_ID, response_type: 'code', ...rules.authorization }))
      demand(searchParams.get(name) === value, name)
    challenge = searchParams.get('code_challenge')
    demand((challenge === null) === (rules.pkce === false), 'code_challenge where the vendor takes it')
    const back = new URLSearchParams({ code: CODE, state: searchParams.get('state') ?? '', ...rules.callback })
    response.writeHead(302, { location: `${REDIRECT_URI}?${back}` }).end()
  }

  const device = (): Reply => ({
    status: 200,
    body: {
      device_code: DEVICE_CODE,
      user_code: 'WDJB-MJHT',
      verification_uri: 'https://vendor.example.com/device',
      expires_in: 900,
      interval: 5,
    },
  })

  const revocation = async (request: IncomingMessage, url: URL): Promise<Reply> => {
    const parameters = await parametersOf(request, url, 'form')
    demandClient(request, parameters, rules.revocationClient ?? rules.client)
    revoked.push(parameters.get('token') ?? '')
    return { status: 200, body: {} }
  }

  const api = (request: IncomingMessage): Reply => {
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    const sent = rules.tokenOf ? rules.tokenOf(request) : bearer
    if (isAccessAlive && sent === live?.accessToken) return { status: 200, body: { ok: true } }
    return rules.refused ?? { status: 401, body: {} }
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '', 'http://imitation')
    try {
      if (url.pathname === '/authorize') return authorize(url, response)
      const replies: Readonly<Record<string, () => Reply | Promise<Reply>>> = {
        '/token': () => token(request, url),
        '/device': device,
        '/revoke': () => revocation(request, url),
      }
      send(response, await (replies[url.pathname] ?? (() => api(request)))())
    } catch (error) {
      send(response, { status: 500, body: { message: String(error) } })
    }
  }
  const server = createServer((request, response) => void answer(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    tokenRequests,
    revoked,
    expire() {
      isAccessAlive = false
    },
    revoke() {
      live = undefined
    },
    fail(times) {
      failures = times
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}

const GRANT_TYPES: Readonly<Record<string, string>> = {
  authorizationCode: 'authorization_code',
  clientCredentials: 'client_credentials',
  password: 'password',
  deviceCode: 'urn:ietf:params:oauth:grant-type:device_code',
}

function send(response: ServerResponse, { status, body }: Reply): void {
  const type = typeof body === 'string' ? 'text/html' : 'application/json'
  response.writeHead(status, { 'content-type': type }).end(typeof body === 'string' ? body : JSON.stringify(body))
}

async function parametersOf(
  request: IncomingMessage,
  url: URL,
  encoding: Rules['encoding'] = 'form',
): Promise<URLSearchParams> {
  const body = await text(request)
  if (encoding === 'query') return url.searchParams
  const type = request.headers['content-type'] ?? ''
  if (encoding === 'form') {
    demand(type.startsWith('application/x-www-form-urlencoded'), 'content-type')
    return new URLSearchParams(body)
  }
  demand(type.startsWith('application/json'), 'content-type')
  return new URLSearchParams(Object.entries(JSON.parse(body)).map(([name, value]) => [name, String(value)]))
}

function demandClient({ headers }: IncomingMessage, parameters: URLSearchParams, client: Rules['client']): void {
  if (client === 'any') return
  if (client === 'basic') {
    demand(headers.authorization === `Basic ${btoa(`${CLIENT_ID}:${CLIENT_SECRET}`)}`, 'Authorization')
    return demand(!parameters.has('client_secret'), 'client_secret once')
  }
  demand(headers.authorization === undefined, 'no Authorization')
  demand(parameters.get('client_id') === CLIENT_ID, 'client_id')
  demand(parameters.get('client_secret') === (client === 'body' ? CLIENT_SECRET : null), 'the documented client_secret')
}

function demand(isRight: boolean, what: string): void {
  if (!isRight) throw new Error(`the request must have ${what}`)
}

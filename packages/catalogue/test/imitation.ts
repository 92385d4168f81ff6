import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export const CLIENT_ID = 'client-1'
export const CLIENT_SECRET = 'client-secret'
const CODE = 'code-1'

interface Reply {
  readonly status: number
  readonly body: unknown
}

/** The tokens of one answer. */
export interface Pair {
  readonly accessToken: string
  readonly refreshToken: string
}

/** What a vendor's public documentation says of its token endpoint and its API. */
export interface Rules {
  /** Where the client proves itself, and how its parameters are written. */
  readonly client: 'basic' | 'body'
  readonly encoding: 'form' | 'json' | 'query'
  readonly grantTypes: readonly string[]
  /** Members that a token request must have beside those of its grant. */
  readonly required?: Readonly<Record<string, string>>
  /** Whether a refresh gives a new refresh token and ends the one that was used. */
  readonly rotates: boolean
  /** The answer with tokens, as documented; `refreshed`: to a refresh. */
  answer(pair: Pair, refreshed: boolean): unknown
  /** A refresh token that is dead. */
  readonly dead: Reply
  /** Where the API looks for the token. @default `Authorization: Bearer` */
  tokenOf?(request: IncomingMessage): string | undefined
  /** How the API says that it refuses a token. @default 401 without a body */
  readonly refused?: Reply
  /** What the callback has beside code and state. */
  readonly callback?: Readonly<Record<string, string>>
  /** Parameters that an authorization request must have. */
  readonly authorization?: Readonly<Record<string, string>>
}

export interface Imitation extends AsyncDisposable {
  readonly origin: string
  readonly tokenRequests: readonly URLSearchParams[]
  /** Ends all access tokens that were given. */
  expire(): void
  /** Ends the grant: neither its access tokens nor its refresh token are good any more. */
  revoke(): void
  /** A refresh token that a person brings along. */
  grant(): string
}

/** A small server that keeps the rules of one vendor. It answers 500 with the reason to what the vendor would not understand. */
export async function startImitation(rules: Rules): Promise<Imitation> {
  const tokenRequests: URLSearchParams[] = []
  let count = 0
  let live: Pair | undefined
  let isAccessAlive = false

  const next = (kept?: string): Pair => {
    count += 1
    live = { accessToken: `access-${count}`, refreshToken: kept ?? `refresh-${count}` }
    isAccessAlive = true
    return live
  }

  const token = async (request: IncomingMessage, url: URL): Promise<Reply> => {
    const parameters = await parametersOf(request, url, rules)
    tokenRequests.push(parameters)
    demandClient(request, parameters, rules)
    const grantType = parameters.get('grant_type') ?? ''
    if (!rules.grantTypes.includes(grantType)) throw new Error(`grant_type ${grantType}`)
    for (const [name, value] of Object.entries(rules.required ?? {})) demand(parameters.get(name) === value, name)
    if (grantType !== 'refresh_token') {
      if (grantType === 'authorization_code') demand(parameters.get('code') === CODE, 'code')
      return { status: 200, body: rules.answer(next(), false) }
    }
    const used = parameters.get('refresh_token') ?? ''
    if (used !== live?.refreshToken) return rules.dead
    return { status: 200, body: rules.answer(next(rules.rotates ? undefined : used), true) }
  }

  const authorize = (url: URL, response: ServerResponse): void => {
    demand(url.searchParams.get('client_id') === CLIENT_ID, 'client_id')
    for (const [name, value] of Object.entries(rules.authorization ?? {}))
      demand(url.searchParams.get(name) === value, name)
    const back = new URLSearchParams({ code: CODE, state: url.searchParams.get('state') ?? '', ...rules.callback })
    response.writeHead(302, { location: `https://boats.example.com/callback?${back}` }).end()
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
      send(response, url.pathname === '/token' ? await token(request, url) : api(request))
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
    expire() {
      isAccessAlive = false
    },
    revoke() {
      live = undefined
    },
    grant: () => next().refreshToken,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}

function send(response: ServerResponse, { status, body }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function parametersOf(request: IncomingMessage, url: URL, { encoding }: Rules): Promise<URLSearchParams> {
  const body = await text(request)
  if (encoding === 'query') return url.searchParams
  const type = request.headers['content-type'] ?? ''
  if (encoding === 'form') {
    demand(type.startsWith('application/x-www-form-urlencoded'), 'content-type')
    return new URLSearchParams(body)
  }
  demand(type.startsWith('application/json'), 'content-type')
  return new URLSearchParams(Object.entries(JSON.parse(body)))
}

function demandClient({ headers }: IncomingMessage, parameters: URLSearchParams, { client }: Rules): void {
  if (client === 'basic') {
    demand(headers.authorization === `Basic ${btoa(`${CLIENT_ID}:${CLIENT_SECRET}`)}`, 'Authorization')
    demand(!parameters.has('client_secret'), 'client_secret once')
  } else {
    demand(headers.authorization === undefined, 'no Authorization')
    demand(parameters.get('client_id') === CLIENT_ID && parameters.get('client_secret') === CLIENT_SECRET, 'client')
  }
}

function demand(isRight: boolean, what: string): void {
  if (!isRight) throw new Error(`the request must have ${what}`)
}

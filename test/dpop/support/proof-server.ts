import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, jwtVerify } from 'jose'

/** An authorization server and an API that take no token without a proof (RFC 9449), and no proof twice. */
export interface ProofServer extends AsyncDisposable {
  readonly origin: string
  readonly tokenUrl: string
  /** Requests that were answered as they asked, e.g. `POST /token client_credentials`, `GET /things`. */
  readonly accepted: readonly string[]
  /** Why others were refused, e.g. `GET /things use_dpop_nonce`. */
  readonly refused: readonly string[]
  /** All proofs that came, in order, verified or not. */
  readonly proofs: readonly SeenProof[]
  /** Thumbprints of the keys of accepted proofs. */
  readonly keys: ReadonlySet<string>
  /** From now on the API knows no token that was given so far. */
  endTokens(): void
  /** From now on proofs have to hold another nonce. */
  changeNonces(): void
  /** `token_type` from now on. */
  callTokens(type: string): void
}

export interface SeenProof {
  readonly text: string
  readonly request: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly alg: string | undefined
  readonly publicJwk: JWK | undefined
}

export interface ProofServerOptions {
  /** Proofs must hold a nonce, which changes after so many accepted requests; `0`: none is asked for. @default 0 */
  readonly nonceLasts?: number
  /** Every answer asks for another nonce. */
  readonly neverSatisfied?: boolean
  /** What the token endpoint calls its tokens. @default 'DPoP' */
  readonly tokenType?: string | null
  /** Whether a refresh token goes with the tokens; it works once, and only with the key that it was given for. */
  readonly refreshTokens?: boolean
  /** Seconds. @default 3600 */
  readonly expiresIn?: number
  /** How far its clock is ahead, ms. */
  readonly aheadMs?: number
  /** What `/elsewhere` redirects to. */
  readonly elsewhere?: string
  readonly alg?: string
}

const PROOF_LIFETIME_MS = 60_000

class Refused extends Error {
  readonly status: number
  constructor(code: string, status: number, description = '') {
    super(code, { cause: description })
    this.status = status
  }
}

export async function startProofServer(options: ProofServerOptions = {}): Promise<ProofServer> {
  const { nonceLasts = 0, neverSatisfied = false, expiresIn = 3600, aheadMs = 0, alg = 'ES256' } = options
  const accepted: string[] = []
  const refused: string[] = []
  const proofs: SeenProof[] = []
  const keys = new Set<string>()
  const used = new Set<string>()
  const accessTokens = new Map<string, string>()
  const refreshTokens = new Map<string, string>()
  let { tokenType = 'DPoP' } = options
  let nonces = { count: 1, uses: 0 }
  let origin = ''

  const changeNonces = (): void => {
    nonces = { count: nonces.count + 1, uses: 0 }
  }

  /** @returns the thumbprint of the key */
  const verify = async (request: IncomingMessage, status: 400 | 401, token?: string): Promise<string> => {
    const { pathname } = new URL(request.url ?? '', origin)
    const fail = (problem: string): never => {
      throw new Refused('invalid_dpop_proof', status, problem)
    }
    const text = request.headers.dpop
    if (typeof text !== 'string') return fail('there is not exactly one proof')
    const decoded = await jwtVerify(text, EmbeddedJWK, {
      algorithms: [alg],
      typ: 'dpop+jwt',
      currentDate: new Date(Date.now() + aheadMs),
    }).catch(() => undefined)
    const { payload, protectedHeader } = decoded ?? {}
    const shown = { text, request: `${request.method} ${pathname}`, claims: payload ?? {}, alg: protectedHeader?.alg }
    proofs.push({ ...shown, publicJwk: protectedHeader?.jwk })
    if (!payload?.iat || !protectedHeader?.jwk) return fail('it is not signed, or not with its own key')
    if (payload.htm !== request.method) return fail('htm')
    if (payload.htu !== `http://${request.headers.host}${pathname}`) return fail('htu')
    if (Math.abs(payload.iat * 1000 - Date.now() - aheadMs) > PROOF_LIFETIME_MS) return fail('iat')
    if (token !== undefined && payload.ath !== createHash('sha256').update(token).digest('base64url'))
      return fail('ath')
    if (!payload.jti || used.has(payload.jti)) return fail('jti')
    used.add(payload.jti)
    if (neverSatisfied) changeNonces()
    if ((nonceLasts > 0 || neverSatisfied) && payload.nonce !== `nonce-${nonces.count}`)
      throw new Refused('use_dpop_nonce', status)
    nonces.uses += 1
    if (nonceLasts > 0 && nonces.uses >= nonceLasts) changeNonces()
    return calculateJwkThumbprint(protectedHeader.jwk)
  }

  const grant = async (request: IncomingMessage): Promise<object> => {
    const form = new URLSearchParams(await textOf(request))
    const key = await verify(request, 400)
    const sent = form.get('refresh_token')
    if (form.get('grant_type') === 'refresh_token') {
      if (refreshTokens.get(sent ?? '') !== key) throw new Refused('invalid_grant', 400)
      refreshTokens.delete(sent ?? '')
    }
    accepted.push(`POST /token ${form.get('grant_type')}`)
    keys.add(key)
    const accessToken = `access-${randomUUID()}`
    const refreshToken = `refresh-${randomUUID()}`
    accessTokens.set(accessToken, key)
    if (options.refreshTokens) refreshTokens.set(refreshToken, key)
    return {
      access_token: accessToken,
      ...(tokenType !== null && { token_type: tokenType }),
      expires_in: expiresIn,
      ...(options.refreshTokens && { refresh_token: refreshToken }),
    }
  }

  const serveApi = async (request: IncomingMessage): Promise<object> => {
    const [, token = ''] = /^DPoP (\S+)$/.exec(request.headers.authorization ?? '') ?? []
    if (token === '') throw new Refused('invalid_token', 401, 'no DPoP token')
    const key = await verify(request, 401, token)
    if (accessTokens.get(token) !== key) throw new Refused('invalid_token', 401)
    const { pathname } = new URL(request.url ?? '', origin)
    accepted.push(`${request.method} ${pathname}`)
    return { path: pathname, body: await textOf(request) }
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '', origin)
    const isApi = pathname !== '/token'
    try {
      const body = !isApi ? await grant(request) : await serveApi(request)
      const headers = nonceHeaders()
      if (pathname === '/moved') response.writeHead(307, { ...headers, location: '/things?from=moved' }).end()
      else if (pathname === '/elsewhere') response.writeHead(307, { ...headers, location: options.elsewhere }).end()
      else response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(body))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const { message: code, status, cause } = error
      refused.push([`${request.method} ${pathname}`, code, cause].filter(Boolean).join(' '))
      response.writeHead(status, {
        ...nonceHeaders(),
        'content-type': 'application/json',
        date: new Date(Date.now() + aheadMs).toUTCString(),
        ...(isApi && { 'www-authenticate': `DPoP error="${code}", algs="${alg}"` }),
      })
      response.end(isApi ? '' : JSON.stringify({ error: code, error_description: cause }))
    }
  }
  const nonceHeaders = () => (nonceLasts > 0 || neverSatisfied ? { 'dpop-nonce': `nonce-${nonces.count}` } : {})

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    tokenUrl: `${origin}/token`,
    accepted,
    refused,
    proofs,
    keys,
    endTokens: () => accessTokens.clear(),
    changeNonces,
    callTokens(type) {
      tokenType = type
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}

import { createHash, randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { bodyOf, listen, sendJson } from './json-server.ts'

export interface AuthorizationServerOptions {
  /** @default 3_600 */
  readonly lifetimeS?: number
  /** Members of the metadata that replace the usual ones; `undefined` leaves one out. */
  readonly metadata?: Readonly<Record<string, unknown>>
  /** Path of the issuer. @default '' */
  readonly path?: string
  /** Metadata only at the place of OpenID Connect. */
  readonly isOpenId?: boolean
  /** Members of each answer to a registration. */
  readonly registration?: Readonly<Record<string, unknown>>
  /** Whether callbacks name the issuer. @default true */
  readonly sendsIssuer?: boolean
}

interface Grant {
  readonly clientId: string
  readonly resource: string | null
  scope: string
  isRevoked: boolean
}

interface Code extends Pick<Grant, 'clientId' | 'resource' | 'scope'> {
  readonly challenge: string
  readonly redirectUri: string
}

interface Access {
  readonly grant: Grant
  readonly issuedAt: number
  readonly expiresAt: number
  isRevoked: boolean
}

/** What happened, counted. */
export interface Counts {
  registrations: number
  signIns: number
  refreshes: number
  /** Refreshes while the access token before was good. */
  needless: number
  /** Access tokens that had expired when the next was issued. */
  expiries: number
  /** Refresh tokens that were sent a second time: the grant ends (RFC 9700 §4.14.2). */
  reuses: number
}

/** A small OAuth 2.1 server: every person consents; refresh tokens rotate, and one that is used twice ends the grant. */
export class AuthorizationServer {
  readonly counts: Counts = { registrations: 0, signIns: 0, refreshes: 0, needless: 0, expiries: 0, reuses: 0 }
  /** Bodies of the token requests. */
  readonly tokenRequests: URLSearchParams[] = []
  readonly authorizationHeaders: (string | undefined)[] = []
  readonly registrations: Record<string, unknown>[] = []
  readonly clients = new Map<string, { readonly secret?: string | undefined }>()
  readonly issuer: string
  readonly #server: Server
  readonly #options: AuthorizationServerOptions
  readonly #codes = new Map<string, Code>()
  readonly #refreshTokens = new Map<string, { readonly grant: Grant; isUsed: boolean }>()
  readonly #access = new Map<string, Access>()
  #newest: Access | undefined

  private constructor(server: Server, origin: string, options: AuthorizationServerOptions) {
    this.#server = server
    this.#options = options
    this.issuer = origin + (options.path ?? '')
  }

  static async start(options: AuthorizationServerOptions = {}): Promise<AuthorizationServer> {
    const { server, origin } = await listen((request, response) => started.#answer(request, response))
    const started = new AuthorizationServer(server, origin, options)
    return started
  }

  /** The scopes of a token that is valid for a resource. */
  scopesOf(token: string, resource: string): readonly string[] | undefined {
    const access = this.#access.get(token)
    if (!access || access.isRevoked || access.grant.isRevoked || access.expiresAt <= Date.now()) return undefined
    if (access.grant.resource !== null && access.grant.resource !== resource) return undefined
    return access.grant.scope.split(' ').filter(Boolean)
  }

  /** The newest access token is refused from now on; its refresh token is good. */
  revokeAccess(): void {
    if (this.#newest) this.#newest.isRevoked = true
  }

  /** All that people granted. */
  endGrants(): void {
    for (const { grant } of this.#refreshTokens.values()) grant.isRevoked = true
  }

  forgetClients(): void {
    this.clients.clear()
  }

  /** Age of the newest access token, ms. */
  age(): number {
    return Date.now() - (this.#newest?.issuedAt ?? 0)
  }

  hasExpired(): boolean {
    return (this.#newest?.expiresAt ?? 0) < Date.now()
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer)
    const { pathname } = url
    const path = this.#options.path ?? ''
    const places = this.#options.isOpenId
      ? [`/.well-known/openid-configuration${path}`]
      : [`/.well-known/oauth-authorization-server${path}`]
    if (places.includes(pathname)) return sendJson(response, 200, this.#metadata())
    if (pathname === `${path}/register`)
      return this.#register(JSON.parse(await bodyOf(request)) as Record<string, unknown>, response)
    if (pathname === `${path}/authorize`) return this.#authorize(url.searchParams, response)
    if (pathname === `${path}/token`)
      return this.#token(new URLSearchParams(await bodyOf(request)), request.headers.authorization, response)
    sendJson(response, 404, { error: 'not_found' })
  }

  #metadata(): Record<string, unknown> {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      registration_endpoint: `${this.issuer}/register`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none'],
      authorization_response_iss_parameter_supported: true,
      ...this.#options.metadata,
    }
  }

  #register(metadata: Record<string, unknown>, response: ServerResponse): void {
    this.counts.registrations += 1
    this.registrations.push(metadata)
    const id = `client-${this.counts.registrations}`
    const { registration = {} } = this.#options
    this.clients.set(id, { secret: registration.client_secret as string | undefined })
    sendJson(response, 201, { ...metadata, client_id: id, ...registration })
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const clientId = query.get('client_id') ?? ''
    const redirectUri = query.get('redirect_uri') ?? ''
    if (!this.clients.has(clientId)) return sendJson(response, 400, { error: 'invalid_client' })
    const code = randomUUID()
    this.#codes.set(code, {
      clientId,
      redirectUri,
      challenge: query.get('code_challenge') ?? '',
      resource: query.get('resource'),
      scope: query.get('scope') ?? '',
    })
    const location = new URL(redirectUri)
    location.searchParams.set('code', code)
    location.searchParams.set('state', query.get('state') ?? '')
    if (this.#options.sendsIssuer ?? true) location.searchParams.set('iss', String(this.#metadata().issuer))
    response.writeHead(302, { location: location.href }).end()
  }

  #token(form: URLSearchParams, authorization: string | undefined, response: ServerResponse): void {
    this.tokenRequests.push(form)
    this.authorizationHeaders.push(authorization)
    const basic = Buffer.from(authorization?.slice('Basic '.length) ?? '', 'base64')
      .toString()
      .split(':')
    const clientId = form.get('client_id') ?? basic[0] ?? ''
    const client = this.clients.get(clientId)
    const secret = form.get('client_secret') ?? basic[1]
    if (!client || client.secret !== secret) return sendJson(response, 401, { error: 'invalid_client' })
    const grant = form.get('grant_type') === 'refresh_token' ? this.#refresh(form) : this.#redeem(form)
    if (!grant || grant.clientId !== clientId || grant.isRevoked)
      return sendJson(response, 400, { error: 'invalid_grant' })
    sendJson(response, 200, this.#give(grant))
  }

  #redeem(form: URLSearchParams): Grant | undefined {
    const code = this.#codes.get(form.get('code') ?? '')
    this.#codes.delete(form.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (!code || code.challenge !== challenge || code.redirectUri !== form.get('redirect_uri')) return undefined
    if (code.resource !== form.get('resource')) return undefined
    this.counts.signIns += 1
    const { clientId, resource, scope } = code
    return { clientId, resource, scope, isRevoked: false }
  }

  #refresh(form: URLSearchParams): Grant | undefined {
    this.counts.refreshes += 1
    const found = this.#refreshTokens.get(form.get('refresh_token') ?? '')
    if (!found) return undefined
    if (found.isUsed) {
      this.counts.reuses += 1
      found.grant.isRevoked = true
    }
    found.isUsed = true
    if (this.#newest && !found.grant.isRevoked) {
      if (this.hasExpired()) this.counts.expiries += 1
      else if (!this.#newest.isRevoked) this.counts.needless += 1
    }
    return found.grant
  }

  #give(grant: Grant): Record<string, unknown> {
    const { lifetimeS = 3_600 } = this.#options
    const accessToken = randomUUID()
    const refreshToken = randomUUID()
    const issuedAt = Date.now()
    this.#newest = { grant, issuedAt, expiresAt: issuedAt + lifetimeS * 1000, isRevoked: false }
    this.#access.set(accessToken, this.#newest)
    this.#refreshTokens.set(refreshToken, { grant, isUsed: false })
    const { scope } = grant
    const tokens = {
      access_token: accessToken,
      refresh_token: refreshToken,
      token_type: 'Bearer',
      expires_in: lifetimeS,
    }
    return scope === '' ? tokens : { ...tokens, scope }
  }
}

import { type OAuthError, oauthError } from '../oauth-error.ts'
import { refuseClient } from '../registered-client.ts'
import { parseBody } from '../request-log.ts'
import { verifierProblem } from '../sign-in/code-verifier.ts'
import type { Grant, Ledger } from './ledger.ts'
import type { IdentityProviderSettings } from './options.ts'

export interface TokenEndpoint {
  readonly settings: IdentityProviderSettings
  readonly ledger: Ledger
  readonly now: () => number
}

/** A request to the authorization server's back channel, of a client that has proved itself. */
export interface ClientRequest {
  readonly fields: Readonly<Record<string, string>>
  /** `undefined`: it asks for none. */
  readonly scopes: readonly string[] | undefined
  /** Empty: it names none. */
  readonly audiences: readonly string[]
}

/** Form or JSON, in the body or in the query; the client in a Basic header or among the parameters. */
export function readClientRequest(
  { client, audiences: known, scopes: registered }: IdentityProviderSettings,
  request: { readonly url: string; readonly headers: Headers },
  body: string,
): ClientRequest | OAuthError {
  const query = new URL(request.url).searchParams
  const { encoding, fields: sent, raw } = parseBody(request.headers.get('content-type'), body)
  const fields = { ...Object.fromEntries(query), ...sent }
  const refused = refuseClient(client, request.headers.get('authorization'), fields)
  if (refused) return refused
  const form = encoding === 'form' ? new URLSearchParams(body) : query
  const resources = encoding === 'json' ? [raw.resource ?? []].flat().map(String) : form.getAll('resource')
  const audiences = [...resources, ...(fields.audience === undefined ? [] : [fields.audience])]
  const foreign = foreignOf(audiences, known)
  if (foreign !== undefined) return oauthError('invalid_target', `There is no API "${foreign}".`)
  const scopes = scopesOf(raw.scope ?? fields.scope)
  const forbidden = foreignOf(scopes ?? [], registered)
  if (forbidden !== undefined) return oauthError('invalid_scope', `The client may not ask for "${forbidden}".`)
  return { fields, scopes, audiences }
}

export function foreignOf(names: readonly string[], known: readonly string[] | 'any'): string | undefined {
  return known === 'any' ? undefined : names.find((name) => !known.includes(name))
}

function scopesOf(scope: unknown): readonly string[] | undefined {
  if (Array.isArray(scope)) return scope.map(String)
  return typeof scope === 'string' ? scope.split(' ').filter(Boolean) : undefined
}

/** The tokens of one answer. */
interface Given {
  readonly grant: Grant
  readonly scopes?: readonly string[] | undefined
  readonly audiences?: readonly string[] | undefined
  readonly refreshToken?: string | undefined
}

/** RFC 6749 §4 to §6, RFC 8628 §3.4, RFC 8707. */
export async function answerTokenRequest(
  { settings, ledger, now }: TokenEndpoint,
  request: ClientRequest,
): Promise<Record<string, unknown> | OAuthError> {
  const given = decide({ settings, ledger, now }, request)
  if ('error' in given) return given
  const { grant, scopes = grant.scopes, audiences = grant.audiences, refreshToken } = given
  return {
    access_token: await ledger.issueAccessToken(grant, { scopes, audiences }),
    token_type: 'Bearer',
    expires_in: settings.expiresIn,
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
  }
}

/** Without a pause between look and mark: of two requests with one code or token the second is the second use. */
function decide(endpoint: TokenEndpoint, request: ClientRequest): Given | OAuthError {
  switch (request.fields.grant_type) {
    case 'authorization_code':
      return authorizationCode(endpoint, request)
    case 'refresh_token':
      return refresh(endpoint, request)
    case 'client_credentials':
      return clientCredentials(endpoint, request)
    case 'password':
      return password(endpoint, request)
    case 'urn:ietf:params:oauth:grant-type:device_code':
      return device(endpoint, request)
    default:
      return oauthError('unsupported_grant_type', 'The grant type is not supported.')
  }
}

function authorizationCode({ settings, ledger, now }: TokenEndpoint, { fields, audiences }: ClientRequest) {
  const code = ledger.codes.get(fields.code ?? '')
  if (!code || code.expiresAt <= now()) return oauthError('invalid_grant', 'The authorization code is not valid.')
  const { grant } = code
  if (code.isUsed) {
    ledger.end(grant)
    return oauthError('invalid_grant', 'The authorization code has already been used.')
  }
  if (code.redirectUri !== fields.redirect_uri)
    return oauthError('invalid_grant', 'The redirect_uri is not the one of the authorization request.')
  const problem = verifierProblem(code.codeChallenge, fields.code_verifier ?? '')
  if (problem !== undefined) return oauthError('invalid_grant', problem)
  code.isUsed = true
  return withRefreshToken(settings, ledger, { grant, ...named(audiences) })
}

function refresh({ settings, ledger, now }: TokenEndpoint, { fields, scopes, audiences }: ClientRequest) {
  const token = ledger.refreshTokens.get(fields.refresh_token ?? '')
  if (!token || token.grant.isOver) return oauthError('invalid_grant', 'The refresh token is not valid.')
  if (token.expiresAt <= now()) return oauthError('invalid_grant', 'The refresh token has expired.')
  const { grant } = token
  const { rotates, refreshGraceMs } = settings
  if (rotates && token.usedAt !== undefined && now() >= token.usedAt + refreshGraceMs) {
    ledger.reuses += 1
    ledger.end(grant)
    return oauthError('invalid_grant', 'The refresh token has already been used.')
  }
  if (scopes && foreignOf(scopes, grant.scopes) !== undefined)
    return oauthError('invalid_scope', 'A refresh gives no scopes that were not granted.')
  token.usedAt ??= now()
  return { grant, scopes, ...named(audiences), refreshToken: rotates ? ledger.issueRefreshToken(grant) : undefined }
}

function clientCredentials({ settings, ledger }: TokenEndpoint, request: ClientRequest): Given | OAuthError {
  if (settings.client.authentication === 'none')
    return oauthError('unauthorized_client', 'A client without a secret cannot use client_credentials.')
  return { grant: ledger.newGrant({ account: undefined, ...asked(settings, request) }) }
}

function password({ settings, ledger }: TokenEndpoint, request: ClientRequest): Given | OAuthError {
  const { username = '', password: given = '' } = request.fields
  const account = settings.accounts.find(({ name, password }) => name === username && password === given)
  if (!account) return oauthError('invalid_grant', 'The user name or password is wrong.')
  const grant = ledger.newGrant({ account: account.name, ...asked(settings, request) })
  return withRefreshToken(settings, ledger, { grant })
}

function device({ settings, ledger, now }: TokenEndpoint, { fields }: ClientRequest): Given | OAuthError {
  const waiting = ledger.devices.get(fields.device_code ?? '')
  if (!waiting) return oauthError('invalid_grant', 'The device code is not valid.')
  if (waiting.expiresAt <= now()) return oauthError('expired_token', 'The device code has expired.')
  const isTooSoon = now() < waiting.polledAt + settings.deviceInterval * 1000
  waiting.polledAt = now()
  const { answer } = waiting
  if (answer === 'denied') return oauthError('access_denied', 'The person denied the request.')
  if (answer === undefined)
    return isTooSoon
      ? oauthError('slow_down', 'The device asks too often.')
      : oauthError('authorization_pending', 'The person has not answered yet.')
  ledger.devices.delete(fields.device_code ?? '')
  return withRefreshToken(settings, ledger, { grant: answer })
}

/** What a client asks for that asks at the token endpoint at once. */
export function asked(
  { scopes: registered }: IdentityProviderSettings,
  { scopes, audiences }: ClientRequest,
): Pick<Grant, 'scopes' | 'audiences'> {
  return { scopes: scopes ?? (registered === 'any' ? [] : registered), audiences }
}

/** Of a request that names no API the access token is for those of the grant. */
function named(audiences: readonly string[]): Pick<Given, 'audiences'> {
  return audiences.length > 0 ? { audiences } : {}
}

function withRefreshToken({ refreshTokens }: IdentityProviderSettings, ledger: Ledger, given: Given): Given {
  const isAllowed = refreshTokens === 'always' || given.grant.scopes.includes('offline_access')
  return isAllowed && refreshTokens !== 'never'
    ? { ...given, refreshToken: ledger.issueRefreshToken(given.grant) }
    : given
}

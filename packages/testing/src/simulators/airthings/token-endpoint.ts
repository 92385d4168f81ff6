import type { Ledger } from './ledger.ts'
import type { AirthingsSettings } from './options.ts'
import { readTokenRequest, type TokenRequest } from './token-request.ts'

interface Refusal {
  /** @default 400 */
  readonly status?: 400 | 401
  readonly error: string
  readonly description: string
}

type Answer = Grant | Refusal

interface Grant {
  readonly scopes: readonly string[]
  readonly withRefreshToken: boolean
}

/** `POST /v1/token` of the accounts host: developer.airthings.com/docs/api.html, section "Authorization". */
export async function answerTokenRequest(
  settings: AirthingsSettings,
  ledger: Ledger,
  headers: Headers,
  body: string,
): Promise<Response> {
  const answer = await decide(settings, ledger, readTokenRequest(headers, body))
  if ('error' in answer) return errorResponse(settings, answer)
  const { scopes, withRefreshToken } = answer
  return Response.json({
    access_token: await ledger.issueAccessToken(scopes),
    token_type: 'Bearer',
    expires_in: settings.expiresIn,
    ...(withRefreshToken ? { refresh_token: await ledger.issueRefreshToken(scopes) } : {}),
  })
}

async function decide(settings: AirthingsSettings, ledger: Ledger, request: TokenRequest): Promise<Answer> {
  if (request.clientId !== settings.clientId || request.clientSecret !== settings.clientSecret) {
    return { error: 'invalid_client', description: 'Client authentication failed' }
  }
  switch (request.fields.grant_type) {
    case 'client_credentials':
      return clientCredentials(settings, request)
    case 'authorization_code':
      return authorizationCode(ledger, request)
    case 'refresh_token':
      return refresh(settings, ledger, request)
    default:
      return { error: 'unsupported_grant_type', description: 'Grant type is not supported' }
  }
}

function clientCredentials(settings: AirthingsSettings, { scopes = settings.scopes }: TokenRequest): Answer {
  if (scopes !== 'malformed' && scopes.every((scope) => settings.scopes.includes(scope))) {
    return { scopes, withRefreshToken: false }
  }
  return { error: 'invalid_scope', description: 'Scope is not allowed for this client' }
}

function authorizationCode({ codes }: Ledger, { fields }: TokenRequest): Answer {
  const { code: text = '', redirect_uri: redirectUri } = fields
  const code = codes.get(text)
  codes.delete(text)
  if (code && code.redirectUri === redirectUri) return { scopes: code.scopes, withRefreshToken: true }
  return { error: 'invalid_grant', description: 'Code or redirect_uri is invalid' }
}

async function refresh(
  settings: AirthingsSettings,
  { refreshTokens }: Ledger,
  { fields: { refresh_token: token = '' } }: TokenRequest,
): Promise<Answer> {
  const claims = await refreshTokens.check(token)
  if (!claims) {
    return { status: settings.deadRefreshStatus, error: 'invalid_grant', description: 'Refresh token has expired' }
  }
  if (settings.oldRefreshDies) refreshTokens.revoke(token)
  return { scopes: String(claims.scope).split(' '), withRefreshToken: true }
}

function errorResponse({ tokenErrors }: AirthingsSettings, { status = 400, error, description }: Refusal): Response {
  if (tokenErrors === 'empty') return new Response(null, { status })
  if (tokenErrors === 'message') return Response.json({ message: 'Bad Request' }, { status })
  return Response.json({ error, error_description: description }, { status })
}

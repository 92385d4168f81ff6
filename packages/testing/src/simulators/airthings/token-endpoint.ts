import { verifierProblem } from '../sign-in/code-verifier.ts'
import { type Consent, firstConsent, type Ledger, readConsent } from './ledger.ts'
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
  readonly consent: Consent
  readonly withRefreshToken: boolean
}

export interface TokenEndpoint {
  readonly settings: AirthingsSettings
  readonly ledger: Ledger
  readonly now: () => number
}

/** `POST /v1/token` of the accounts host: developer.airthings.com/docs/api.html, section "Authorization". */
export async function answerTokenRequest(endpoint: TokenEndpoint, headers: Headers, body: string): Promise<Response> {
  const { settings, ledger } = endpoint
  const answer = await decide(endpoint, readTokenRequest(headers, body))
  if ('error' in answer) return errorResponse(settings, answer)
  const { consent, withRefreshToken } = answer
  return Response.json({
    access_token: await ledger.issueAccessToken(consent),
    token_type: 'Bearer',
    expires_in: settings.expiresIn,
    ...(withRefreshToken ? { refresh_token: await ledger.issueRefreshToken(consent) } : {}),
  })
}

async function decide({ settings, ledger, now }: TokenEndpoint, request: TokenRequest): Promise<Answer> {
  if (request.clientId !== settings.clientId || request.clientSecret !== settings.clientSecret) {
    return { error: 'invalid_client', description: 'Client authentication failed' }
  }
  switch (request.fields.grant_type) {
    case 'client_credentials':
      return clientCredentials(settings, request)
    case 'authorization_code':
      return authorizationCode(ledger, request, now())
    case 'refresh_token':
      return refresh(settings, ledger, request)
    default:
      return { error: 'unsupported_grant_type', description: 'Grant type is not supported' }
  }
}

function clientCredentials(settings: AirthingsSettings, { scopes = settings.scopes }: TokenRequest): Answer {
  if (scopes !== 'malformed' && scopes.every((scope) => settings.scopes.includes(scope))) {
    return { consent: firstConsent(settings, scopes), withRefreshToken: false }
  }
  return { error: 'invalid_scope', description: 'Scope is not allowed for this client' }
}

function authorizationCode({ codes }: Ledger, { fields }: TokenRequest, now: number): Answer {
  const { code: text = '', redirect_uri: redirectUri, code_verifier: verifier = '' } = fields
  const code = codes.get(text)
  codes.delete(text)
  if (!code || code.expiresAt <= now || code.redirectUri !== redirectUri) {
    return { error: 'invalid_grant', description: 'Code or redirect_uri is invalid' }
  }
  const description = verifierProblem(code.codeChallenge, verifier)
  return description === undefined ? { consent: code, withRefreshToken: true } : { error: 'invalid_grant', description }
}

async function refresh(
  settings: AirthingsSettings,
  { refreshTokens }: Ledger,
  { fields: { refresh_token: token = '' } }: TokenRequest,
): Promise<Answer> {
  const claims = await refreshTokens.check(token)
  if (!claims) {
    return { status: settings.refusedRefreshStatus, error: 'invalid_grant', description: 'Refresh token has expired' }
  }
  if (settings.oldRefreshDies) refreshTokens.revoke(token)
  return { consent: readConsent(claims), withRefreshToken: true }
}

function errorResponse({ tokenErrors }: AirthingsSettings, { status = 400, error, description }: Refusal): Response {
  if (tokenErrors === 'empty') return new Response(null, { status })
  if (tokenErrors === 'message') return Response.json({ message: 'Bad Request' }, { status })
  return Response.json({ error, error_description: description }, { status })
}

import { createRsaTokens, type IssuedTokens, lifetimeClaims, rsaKeys } from '../issued-tokens.ts'
import type { AirthingsSettings } from './options.ts'
import { readTokenRequest, type TokenRequest } from './token-request.ts'

export interface AirthingsTokenEndpoint {
  readonly accessTokens: IssuedTokens
  answer(headers: Headers, body: string): Promise<Response>
  /** A refresh token as the consent page's code would have given. */
  plantGrant(scopes: readonly string[]): Promise<string>
  /** A code as the consent page would have given; good once, for this redirect URI. */
  plantCode(redirectUri: string, scopes: readonly string[]): string
  revokeGrants(): void
}

interface Code {
  readonly redirectUri: string
  readonly scopes: readonly string[]
}

interface Refusal {
  readonly status: 400 | 401
  readonly error: string
  readonly description: string
}

const ISSUER = 'https://accounts.airthings.com'

/** `POST /v1/token` of the accounts host: developer.airthings.com/docs/api.html, vendor page "Authorization". */
export async function createTokenEndpoint(
  settings: AirthingsSettings,
  now: () => number,
): Promise<AirthingsTokenEndpoint> {
  const keys = await rsaKeys()
  const accessTokens = createRsaTokens(keys, now)
  const refreshTokens = createRsaTokens(keys, now)
  const codes = new Map<string, Code>()

  const newRefreshToken = (scopes: readonly string[]) =>
    refreshTokens.issue(tokenClaims(settings, now(), settings.refreshExpiresIn, scopes, 'REFRESH'))
  const grant = async (scopes: readonly string[], withRefresh: boolean): Promise<Response> => {
    const claims = tokenClaims(settings, now(), settings.expiresIn, scopes, 'BEARER')
    return Response.json({
      access_token: await accessTokens.issue(claims),
      token_type: 'Bearer',
      expires_in: settings.expiresIn,
      ...(withRefresh ? { refresh_token: await newRefreshToken(scopes) } : {}),
    })
  }
  const refuse = (refusal: Refusal) => errorResponse(settings, refusal)

  const byGrantType: Readonly<Record<string, (request: TokenRequest) => Promise<Response>>> = {
    async client_credentials({ scopes = settings.scopes }) {
      if (scopes === 'malformed' || !scopes.every((scope) => settings.scopes.includes(scope))) {
        return refuse({ status: 400, error: 'invalid_scope', description: 'Scope is not allowed for this client' })
      }
      return grant(scopes, false)
    },
    async authorization_code({ fields }) {
      const code = codes.get(fields['code'] ?? '')
      codes.delete(fields['code'] ?? '')
      if (code && code.redirectUri === fields['redirect_uri']) return grant(code.scopes, true)
      return refuse({ status: 400, error: 'invalid_grant', description: 'Code or redirect_uri is invalid' })
    },
    async refresh_token({ fields }) {
      const token = fields['refresh_token'] ?? ''
      const claims = await refreshTokens.check(token)
      if (!claims) {
        return refuse({ status: settings.deadRefreshStatus, error: 'invalid_grant', description: 'Refresh token has expired' })
      }
      if (settings.oldRefreshDies) refreshTokens.revoke(token)
      return grant(String(claims['scope']).split(' '), true)
    },
  }

  return {
    accessTokens,
    plantGrant: newRefreshToken,
    plantCode(redirectUri, scopes) {
      const code = crypto.randomUUID()
      codes.set(code, { redirectUri, scopes })
      return code
    },
    revokeGrants() {
      accessTokens.revokeAll()
      refreshTokens.revokeAll()
    },
    async answer(headers, body) {
      const request = readTokenRequest(headers, body)
      if (request.clientId !== settings.clientId || request.clientSecret !== settings.clientSecret) {
        return refuse({ status: 400, error: 'invalid_client', description: 'Client authentication failed' })
      }
      const answerGrant = byGrantType[request.fields['grant_type'] ?? '']
      if (answerGrant) return answerGrant(request)
      return refuse({ status: 400, error: 'unsupported_grant_type', description: 'Grant type is not supported' })
    },
  }
}

/** The claims of the access token that Airthings' changelog shows. */
function tokenClaims(
  { clientId }: AirthingsSettings,
  nowMs: number,
  expiresIn: number,
  scopes: readonly string[],
  typ: 'BEARER' | 'REFRESH',
) {
  const { iat, exp } = lifetimeClaims(nowMs, expiresIn)
  return {
    sub: '5f1d6f5e-0000-4000-8000-3c1b7a9e2d10',
    aud: clientId,
    azp: clientId,
    nbf: iat,
    iat,
    exp,
    jti: crypto.randomUUID(),
    iss: ISSUER,
    scope: scopes.join(' '),
    typ,
    hbs: 'true',
  }
}

function errorResponse({ tokenErrors }: AirthingsSettings, { status, error, description }: Refusal): Response {
  if (tokenErrors === 'empty') return new Response(null, { status })
  if (tokenErrors === 'message') return Response.json({ message: 'Bad Request' }, { status })
  return Response.json({ error, error_description: description }, { status })
}

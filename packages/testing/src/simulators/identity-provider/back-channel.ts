import type { SimulatorApp } from '../loopback-server.ts'
import { NO_STORE, type OAuthError, oauthErrorResponse } from '../oauth-error.ts'
import { newText, newUserCode } from './ledger.ts'
import {
  answerTokenRequest,
  asked,
  type ClientRequest,
  readClientRequest,
  type TokenEndpoint,
} from './token-endpoint.ts'

interface BackChannel extends TokenEndpoint {
  /** As soon as it is known. */
  issuer(): string
}

const DEVICE_LIFETIME_S = 600

/** Where the client itself asks: tokens, devices, revocation, and the documents that describe the server. */
export function addBackChannel(app: SimulatorApp, channel: BackChannel): void {
  addEndpoint(app, channel, '/token', (request) => answerTokenRequest(channel, request))
  addEndpoint(app, channel, '/device_authorization', (request) => beginDevice(channel, request))
  addEndpoint(app, channel, '/revoke', (request) => revoke(channel, request))
  for (const name of ['oauth-authorization-server', 'openid-configuration'])
    app.get(`/.well-known/${name}`, () => Response.json(discoveryDocument(channel)))
  app.get('/jwks', () => Response.json({ keys: channel.ledger.keys }))
}

function addEndpoint(
  app: SimulatorApp,
  { settings }: BackChannel,
  path: string,
  answer: (request: ClientRequest) => object | OAuthError | Promise<object | OAuthError>,
): void {
  app.post(path, async ({ req }) => {
    const request = readClientRequest(settings, req.raw, await req.text())
    const answered = 'error' in request ? request : await answer(request)
    return isError(answered) ? oauthErrorResponse(answered) : Response.json(answered, { headers: NO_STORE })
  })
}

function isError(answered: object): answered is OAuthError {
  return 'error' in answered
}

/** RFC 8628 §3.2. */
function beginDevice({ settings, ledger, now, issuer }: BackChannel, request: ClientRequest): object {
  const [deviceCode, userCode] = [newText('device'), newUserCode()]
  ledger.devices.set(deviceCode, {
    userCode,
    ...asked(settings, request),
    expiresAt: now() + DEVICE_LIFETIME_S * 1000,
    polledAt: Number.NEGATIVE_INFINITY,
    answer: undefined,
  })
  return {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: `${issuer()}/device`,
    expires_in: DEVICE_LIFETIME_S,
    interval: settings.deviceInterval,
  }
}

/** RFC 7009: revoking a refresh token ends the whole grant; an unknown token gets the same answer as a known one. */
function revoke({ ledger }: BackChannel, { fields: { token = '' } }: ClientRequest): object {
  const refreshToken = ledger.refreshTokens.get(token)
  if (refreshToken) ledger.end(refreshToken.grant)
  else ledger.revokeAccessToken(token)
  return {}
}

/** RFC 8414 §2, and the members that OpenID Connect Discovery requires in addition. */
function discoveryDocument({ settings: { scopes, client }, issuer }: BackChannel): object {
  return {
    issuer: issuer(),
    authorization_endpoint: `${issuer()}/authorize`,
    token_endpoint: `${issuer()}/token`,
    device_authorization_endpoint: `${issuer()}/device_authorization`,
    revocation_endpoint: `${issuer()}/revoke`,
    jwks_uri: `${issuer()}/jwks`,
    response_types_supported: ['code'],
    grant_types_supported: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'password',
      'urn:ietf:params:oauth:grant-type:device_code',
    ],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported:
      client.authentication === 'secret' ? ['client_secret_basic', 'client_secret_post'] : [client.authentication],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    ...(scopes !== 'any' && { scopes_supported: scopes }),
  }
}

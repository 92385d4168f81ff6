import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

/** An authorization server that nobody here wrote, on a loopback port, with its own pages for people. */
export interface OidcProvider {
  readonly issuer: string
  /** Shows who the token is for. */
  readonly userInfoUrl: string
  /** Requests to its token endpoint. */
  exchanges(): number
  close(): Promise<void>
}

export interface OidcClient {
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUri: string
}

const HOUR_S = 3600

/** One client of the code grant with PKCE; refresh tokens rotate. */
export async function startOidcProvider(client: OidcClient): Promise<OidcProvider> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const issuer = `http://127.0.0.1:${port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [client.redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    cookies: { keys: ['synthetic-cookie-key'] },
    jwks: { keys: [signingKey()] },
    pkce: { required: () => true },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    ttl: {
      AccessToken: HOUR_S,
      Grant: HOUR_S,
      IdToken: HOUR_S,
      Interaction: HOUR_S,
      RefreshToken: HOUR_S,
      Session: HOUR_S,
    },
  })
  let exchanges = 0
  const serve = provider.callback()
  server.on('request', (request, response) => {
    if (request.url === '/token') exchanges += 1
    void serve(request, response)
  })
  return {
    issuer,
    userInfoUrl: `${issuer}/me`,
    exchanges: () => exchanges,
    async close() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), kty: 'EC', alg: 'ES256', use: 'sig' }
}

import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ClientMetadata, Configuration } from 'oidc-provider'
import { Provider } from 'oidc-provider'

/** An authorization server that nobody here wrote, on a loopback port, with its own pages for people. */
export interface OidcServer extends AsyncDisposable {
  readonly issuer: string
  readonly provider: Provider
  /** Grant types of the token requests that were answered with tokens, in order. */
  readonly granted: readonly string[]
  /** OAuth errors of the others. */
  readonly refused: readonly string[]
  /** Grants that ended because a refresh token was used twice, or because somebody revoked them. */
  readonly revoked: readonly string[]
}

const HOUR_S = 3600

/** What tests want otherwise. */
export type Features = Pick<
  NonNullable<Configuration['features']>,
  'dPoP' | 'pushedAuthorizationRequests' | 'resourceIndicators'
>

/** Refresh tokens work once; using one again ends everything that came from that sign-in (RFC 9700 §4.14.2). */
export async function startOidcServer(
  clients: readonly ClientMetadata[],
  features: Features = {},
): Promise<OidcServer> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    ...CONFIGURATION,
    jwks: { keys: [signingKey()] },
    features: { ...FEATURES, ...features },
    clients: [...clients],
  })
  const granted: string[] = []
  const refused: string[] = []
  const revoked: string[] = []
  provider.on('grant.success', ({ oidc }) => void granted.push(String(oidc.params?.grant_type)))
  provider.on('grant.error', (_context, { error }) => void refused.push(error))
  provider.on('grant.revoked', (_context, grantId) => void revoked.push(grantId))
  const serve = provider.callback()
  server.on('request', (request, response) => void serve(request, response))
  return {
    issuer,
    provider,
    granted,
    refused,
    revoked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}

const FEATURES = {
  clientCredentials: { enabled: true },
  deviceFlow: { enabled: true },
  introspection: { enabled: true },
  revocation: { enabled: true },
}

const CONFIGURATION: Configuration = {
  cookies: { keys: ['synthetic-cookie-key'] },
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  ttl: {
    AccessToken: HOUR_S,
    ClientCredentials: HOUR_S,
    DeviceCode: HOUR_S,
    Grant: HOUR_S,
    IdToken: HOUR_S,
    Interaction: HOUR_S,
    RefreshToken: HOUR_S,
    Session: HOUR_S,
  },
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), kty: 'EC', alg: 'ES256', use: 'sig' }
}

import type { GrantContext, Secret } from '@valetkey/core'
import { GrantError, invalidOption, requireSecret } from '@valetkey/core'
import type { ClientAuth } from 'oauth4webapi'
import { ClientSecretPost, clockSkew, None, PrivateKeyJwt } from 'oauth4webapi'
import type { ClientKeyOption } from './client-key.ts'
import { readClientKey, requireClientKey } from './client-key.ts'
import type { TokenEndpointDialect } from './dialect.ts'
import { choose } from './dialect.ts'
import type { Endpoints } from './endpoints.ts'
import { formEncode } from './form-encode.ts'
import { PACKAGE_NAME } from './package-name.ts'
import { readSecretOption } from './secret-option.ts'

/** How this client proves who it is, checked. */
export type ClientAuthentication =
  | { readonly method: 'none' }
  | { readonly method: 'client_secret_post'; readonly secret: Secret }
  | { readonly method: 'client_secret_basic'; readonly secret: Secret; readonly encoding: BasicEncoding }
  | { readonly method: 'private_key_jwt'; readonly key: ClientKeyOption }

type BasicEncoding = 'form-urlencoded' | 'plain'

type ClientOptions = TokenEndpointDialect & {
  readonly clientId: string
  readonly clientSecret?: Secret | undefined
  readonly clientKey?: ClientKeyOption | undefined
}

export function resolveClientAuthentication(options: ClientOptions): ClientAuthentication {
  const { clientId, clientSecret: secret } = options
  const method = choose('clientAuthentication', options.clientAuthentication ?? defaultMethod(options), [
    'client_secret_basic',
    'client_secret_post',
    'none',
    'private_key_jwt',
  ])
  const encoding = choose('basicEncoding', options.basicEncoding ?? 'form-urlencoded', ['form-urlencoded', 'plain'])
  if (method === 'none') return { method }
  if (method === 'private_key_jwt') return { method, key: requireClientKey(options.clientKey) }
  requireSecret(PACKAGE_NAME, options, ['clientSecret'])
  if (secret === undefined) throw invalidOption(PACKAGE_NAME, 'clientSecret', 'is required')
  if (method === 'client_secret_post') return { method, secret }
  if (encoding === 'plain' && clientId.includes(':')) {
    throw invalidOption(PACKAGE_NAME, 'clientId', `must not hold ":" with basicEncoding 'plain'`)
  }
  return { method, secret, encoding }
}

function defaultMethod({ clientSecret, clientKey }: ClientOptions): ClientAuthentication['method'] {
  if (clientSecret !== undefined) return 'client_secret_basic'
  return clientKey === undefined ? 'none' : 'private_key_jwt'
}

/** Client authentication of one request, and every secret text in it: read them when the request has been made. */
export interface RequestAuthentication {
  readonly authenticate: ClientAuth
  readonly secrets: readonly string[]
}

export interface AuthenticatedClient {
  readonly endpoints: Endpoints
  readonly clientId: string
  readonly clientAuthentication: ClientAuthentication
}

/** @throws GrantError */
export async function authenticateClient(
  { endpoints, clientId, clientAuthentication: authentication }: AuthenticatedClient,
  context: GrantContext,
): Promise<RequestAuthentication> {
  if (authentication.method === 'none') return { authenticate: None(), secrets: [] }
  if (authentication.method === 'private_key_jwt') return signAssertion(authentication.key, endpoints, context)
  const secret = await readSecretOption('clientSecret', authentication.secret)
  if (authentication.method === 'client_secret_post') {
    return { authenticate: ClientSecretPost(secret), secrets: [secret] }
  }
  const credentials = basicCredentials(clientId, secret, authentication.encoding)
  return {
    authenticate: (_server, _client, _parameters, headers) => headers.set('authorization', `Basic ${credentials}`),
    secrets: [secret, credentials],
  }
}

/** RFC 7523 §2.2. The assertion is as good as a secret for as long as it lives, 60 s. */
async function signAssertion(
  option: ClientKeyOption,
  endpoints: Endpoints,
  context: GrantContext,
): Promise<RequestAuthentication> {
  const sign = PrivateKeyJwt(await readClientKey(option))
  const issuer = await endpoints.audience(context)
  const skew = Math.floor(context.now() / 1000) - Math.floor(Date.now() / 1000)
  const secrets: string[] = []
  return {
    secrets,
    async authenticate(server, client, parameters, headers) {
      try {
        await sign({ ...server, issuer }, { ...client, [clockSkew]: skew }, parameters, headers)
      } catch {
        throw new GrantError({ kind: 'unavailable', sent: false, description: '"clientKey" could not sign' })
      }
      secrets.push(parameters.get('client_assertion') ?? '')
    },
  }
}

/** The configured secret, read anew; null for a client without one. @throws for a key: it has no text to compare */
export async function readClientSecret(authentication: ClientAuthentication): Promise<string | null> {
  if (authentication.method === 'private_key_jwt') throw new TypeError('a key has no text')
  return authentication.method === 'none' ? null : readSecretOption('clientSecret', authentication.secret)
}

/**
 * Not oauth4webapi's own: that one also encodes `-`, `_` and `.`, which a server that does not decode takes literally;
 * RFC 6749 appendix B leaves them as they are, so that most ids and secrets fit both kinds of server.
 */
function basicCredentials(clientId: string, secret: string, encoding: BasicEncoding): string {
  const encode = encoding === 'plain' ? (text: string) => text : formEncode
  const bytes = new TextEncoder().encode(`${encode(clientId)}:${encode(secret)}`)
  return btoa(String.fromCharCode(...bytes))
}

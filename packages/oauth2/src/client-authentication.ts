import type { Secret } from '@valetkey/core'
import { invalidOption, requireSecret } from '@valetkey/core'
import type { ClientAuth } from 'oauth4webapi'
import { ClientSecretPost, None } from 'oauth4webapi'
import type { TokenEndpointDialect } from './dialect.ts'
import { choose } from './dialect.ts'
import { formEncode } from './form-encode.ts'
import { PACKAGE_NAME } from './package-name.ts'
import { readSecretOption } from './secret-option.ts'

/** How this client proves who it is, checked. */
export type ClientAuthentication =
  | { readonly method: 'none' }
  | { readonly method: 'client_secret_post'; readonly secret: Secret }
  | { readonly method: 'client_secret_basic'; readonly secret: Secret; readonly encoding: BasicEncoding }

type BasicEncoding = 'form-urlencoded' | 'plain'

type ClientOptions = TokenEndpointDialect & { readonly clientId: string; readonly clientSecret?: Secret | undefined }

export function resolveClientAuthentication(options: ClientOptions): ClientAuthentication {
  const { clientId, clientSecret: secret } = options
  const fallback = secret === undefined ? 'none' : 'client_secret_basic'
  const method = choose('clientAuthentication', options.clientAuthentication ?? fallback, [
    'client_secret_basic',
    'client_secret_post',
    'none',
  ])
  const encoding = choose('basicEncoding', options.basicEncoding ?? 'form-urlencoded', ['form-urlencoded', 'plain'])
  if (method === 'none') return { method }
  requireSecret(PACKAGE_NAME, options, ['clientSecret'])
  if (secret === undefined) throw invalidOption(PACKAGE_NAME, 'clientSecret', 'is required')
  if (method === 'client_secret_post') return { method, secret }
  if (encoding === 'plain' && clientId.includes(':')) {
    throw invalidOption(PACKAGE_NAME, 'clientId', `must not hold ":" with basicEncoding 'plain'`)
  }
  return { method, secret, encoding }
}

/** Client authentication of one request, and every secret text in it. */
export interface RequestAuthentication {
  readonly authenticate: ClientAuth
  readonly secrets: readonly string[]
}

export async function authenticateClient(
  authentication: ClientAuthentication,
  clientId: string,
): Promise<RequestAuthentication> {
  if (authentication.method === 'none') return { authenticate: None(), secrets: [] }
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

/** The configured secret, read anew; null for a client without one. */
export async function readClientSecret(authentication: ClientAuthentication): Promise<string | null> {
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

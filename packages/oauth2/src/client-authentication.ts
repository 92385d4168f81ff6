import type { GrantContext, Secret } from '@valetkey/core'
import { invalidOption, readSecret, requireSecret } from '@valetkey/core'
import type { TokenEndpointDialect } from './dialect.ts'
import { choose } from './dialect.ts'
import { formEncode } from './encode-request.ts'
import { unsent } from './failures.ts'
import { PACKAGE_NAME } from './package-name.ts'

type Method = NonNullable<TokenEndpointDialect['clientAuthentication']>

/** How this client proves who it is, checked. */
export interface ClientAuthentication {
  readonly method: Method
  /** @throws GrantError */
  authenticate(context: GrantContext): Promise<RequestAuthentication>
  /** The configured secret, read anew; null for a client without one. @throws for a key: it has no text to compare */
  readSecret(): Promise<string | null>
}

/** Client authentication of one request, and every secret text in it. */
export interface RequestAuthentication {
  readonly headers: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}

type SecretMethod = Exclude<Method, 'private_key_jwt'>

interface ClientOptions extends Pick<TokenEndpointDialect, 'clientAuthentication' | 'basicEncoding'> {
  readonly clientId: string
  readonly clientSecret?: Secret | undefined
}

/** Of a client that has a secret, or nothing to prove itself with. @throws CredentialError `invalid_option` */
export function resolveSecretAuthentication(options: ClientOptions): ClientAuthentication {
  const methods: readonly SecretMethod[] = ['client_secret_basic', 'client_secret_post', 'none']
  return secretAuthentication(choose('clientAuthentication', methodOf(options), methods), options)
}

export function methodOf({ clientSecret, clientAuthentication }: ClientOptions): Method {
  return clientAuthentication ?? (clientSecret === undefined ? 'none' : 'client_secret_basic')
}

/** @throws CredentialError `invalid_option` */
export function secretAuthentication(method: SecretMethod, options: ClientOptions): ClientAuthentication {
  const { clientId, clientSecret = '', basicEncoding = 'form-urlencoded' } = options
  const encoding = choose('basicEncoding', basicEncoding, ['form-urlencoded', 'plain'])
  const parameters = { client_id: clientId }
  if (method === 'none') {
    const authentication = { headers: {}, parameters, secrets: [] }
    return { method, readSecret: async () => null, authenticate: async () => authentication }
  }
  requireSecret(PACKAGE_NAME, { clientSecret }, ['clientSecret'])
  if (method === 'client_secret_basic' && encoding === 'plain' && clientId.includes(':')) {
    throw invalidOption(PACKAGE_NAME, 'clientId', `must not hold ":" with basicEncoding 'plain'`)
  }
  const read = () => readSecretOption('clientSecret', clientSecret)
  return {
    method,
    readSecret: read,
    async authenticate() {
      const secret = await read()
      if (method === 'client_secret_post') {
        return { headers: {}, parameters: { ...parameters, client_secret: secret }, secrets: [secret] }
      }
      const credentials = basicCredentials(clientId, secret, encoding === 'plain' ? String : formEncode)
      return { headers: { authorization: `Basic ${credentials}` }, parameters: {}, secrets: [secret, credentials] }
    },
  }
}

/** Reads a secret for one request. What its function throws is not passed on: the text may hold the secret. @throws GrantError */
export async function readSecretOption(option: string, secret: Secret): Promise<string> {
  const text: unknown = await readSecret(secret).catch(() => undefined)
  if (typeof text === 'string' && text !== '') return text
  throw unsent(`"${option}" could not be read`)
}

/** RFC 7617 §2, beyond ASCII as UTF-8. */
function basicCredentials(clientId: string, secret: string, encode: (text: string) => string): string {
  const bytes = new TextEncoder().encode(`${encode(clientId)}:${encode(secret)}`)
  return btoa(String.fromCharCode(...bytes))
}

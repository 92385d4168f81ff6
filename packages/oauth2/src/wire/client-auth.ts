import type { GrantContext } from '@valetkey/core'
import type { Secret } from '@valetkey/core/kit'
import { invalidOption, readSecret, requireSecret } from '@valetkey/core/kit'
import type { ClientlessOptions, TokenEndpointDialect } from '../options.ts'
import { choose } from '../options.ts'
import { asRecord } from './answer.ts'
import { unsent } from './refusal.ts'
import { formEncode, load } from './request.ts'

/**
 * The private key of a client that uses `private_key_jwt`; it must be allowed to sign. `kid` names it where the vendor
 * knows several. Made by `crypto.subtle.importKey`, or from PEM or JWK by `importPKCS8` and `importJWK` of jose.
 */
export type ClientKey = CryptoKey | { readonly key: CryptoKey; readonly kid?: string | undefined }

/** A key, or where to get it each time it is needed (a vault, a key that rotates). */
export type ClientKeyOption = ClientKey | (() => ClientKey | Promise<ClientKey>)

/** As oauth4webapi takes it. */
export interface SigningKey {
  readonly key: CryptoKey
  readonly kid?: string
}

type Method = NonNullable<TokenEndpointDialect['clientAuthentication']>

/** How this client proves who it is, checked. */
export interface ClientAuthentication {
  readonly method: Method
  /** @throws GrantError */
  authenticate(context: GrantContext): Promise<RequestAuthentication>
  /** The configured secret, read each time; null for a client without one, or with a key. @throws GrantError */
  readSecret(): Promise<string | null>
}

/** Client authentication of one request, and every secret text in it. */
export interface RequestAuthentication {
  readonly headers: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}

type SecretMethod = Exclude<Method, 'private_key_jwt'>

const METHODS: readonly Method[] = ['client_secret_basic', 'client_secret_post', 'none', 'private_key_jwt']

type ClientOptions = Pick<
  ClientlessOptions,
  'vendor' | 'clientId' | 'clientSecret' | 'clientKey' | 'clientAuthentication' | 'basicEncoding'
>

/**
 * Of a client that has a secret, a key, or neither.
 *
 * @param audience whom an assertion addresses; throws GrantError
 * @throws CredentialError `invalid_option`
 */
export function resolveClientAuthentication(
  options: ClientOptions,
  audience: (context: GrantContext) => Promise<string>,
): ClientAuthentication {
  const { vendor, clientId = '', clientSecret, clientKey } = options
  const byDefault = clientKey === undefined ? 'none' : 'private_key_jwt'
  const { clientAuthentication = clientSecret === undefined ? byDefault : 'client_secret_basic' } = options
  const method = choose(vendor, 'clientAuthentication', clientAuthentication, METHODS)
  requireNoContradiction(method, options)
  if (method !== 'private_key_jwt') return secretAuthentication(method, options)
  const key = requireClientKey(vendor, clientKey)
  return {
    method,
    readSecret: async () => null,
    async authenticate(context) {
      const { signAssertion } = await load(() => import('./client-key.ts'))
      return signAssertion(key, clientId, audience, context)
    },
  }
}

/** Of what the method would not use it is not known what the program meant by it. */
function requireNoContradiction(method: Method, options: ClientOptions): void {
  const { vendor, clientSecret, clientKey, clientAuthentication, basicEncoding } = options
  const refuse = (option: string, needed: string): never => {
    throw invalidOption(
      vendor,
      option,
      `must not be given with "clientAuthentication": '${method}'; it is for ${needed}`,
    )
  }
  if (clientSecret !== undefined && method === 'none')
    refuse('clientSecret', `'client_secret_basic' and 'client_secret_post'`)
  if (clientKey !== undefined && clientAuthentication !== undefined && method !== 'private_key_jwt')
    refuse('clientKey', `'private_key_jwt'`)
  if (basicEncoding !== undefined && method !== 'client_secret_basic') refuse('basicEncoding', `'client_secret_basic'`)
}

function secretAuthentication(method: SecretMethod, options: ClientOptions): ClientAuthentication {
  const { vendor, clientId = '', clientSecret, clientKey, basicEncoding = 'form-urlencoded' } = options
  const encoding = choose(vendor, 'basicEncoding', basicEncoding, ['form-urlencoded', 'plain'])
  const parameters = clientId === '' ? {} : { client_id: clientId }
  if (method === 'none') {
    const authentication = { headers: {}, parameters, secrets: [] }
    return { method, readSecret: async () => null, authenticate: async () => authentication }
  }
  // Left out, not given as `''` or `undefined`: a variable that is not set is a mistake.
  const isEmpty = method === 'client_secret_basic' && clientKey === undefined && !Object.hasOwn(options, 'clientSecret')
  if (!isEmpty) requireSecret(vendor, { clientSecret }, ['clientSecret'])
  if (method === 'client_secret_basic' && encoding === 'plain' && clientId.includes(':')) {
    throw invalidOption(vendor, 'clientId', `must not hold ":" with basicEncoding 'plain'`)
  }
  const read = async () => (clientSecret === undefined ? '' : readSecretOption('clientSecret', clientSecret))
  return {
    method,
    readSecret: read,
    async authenticate() {
      const secret = await read()
      if (method === 'client_secret_post') {
        return { headers: {}, parameters: { ...parameters, client_secret: secret }, secrets: [secret] }
      }
      const credentials = basicCredentials(clientId, secret, encoding === 'plain' ? String : formEncode)
      return {
        headers: { authorization: `Basic ${credentials}` },
        parameters: {},
        secrets: isEmpty ? [] : [secret, credentials],
      }
    },
  }
}

/** @throws CredentialError `invalid_option` */
function requireClientKey(vendor: string, option: ClientKeyOption | undefined): ClientKeyOption {
  if (option === undefined) throw invalidOption(vendor, 'clientKey', 'is required')
  if (typeof option === 'function' || signingKey(option)) return option
  throw invalidOption(vendor, 'clientKey', 'must be a private CryptoKey with the usage "sign", or { key, kid }')
}

/** Undefined: no key that can sign. */
export function signingKey(value: unknown): SigningKey | undefined {
  if (value instanceof CryptoKey) return canSign(value) ? { key: value } : undefined
  const { key, kid } = asRecord(value)
  if (!(key instanceof CryptoKey) || !canSign(key)) return undefined
  if (kid === undefined) return { key }
  return typeof kid === 'string' && kid !== '' ? { key, kid } : undefined
}

function canSign({ type, usages }: CryptoKey): boolean {
  return type === 'private' && usages.includes('sign')
}

/** Reads a secret for one request. What its function throws is not passed on: the text may hold the secret. @throws GrantError */
export async function readSecretOption(option: string, secret: Secret): Promise<string> {
  const text: unknown = await readSecret(secret).catch(() => undefined)
  if (typeof text !== 'string' || text === '') throw unsent(`"${option}" could not be read`)
  if (/[\r\n]$/.test(text)) throw unsent(`"${option}" ends in a line break: trim it`)
  return text
}

/** RFC 7617 §2, beyond ASCII as UTF-8. */
function basicCredentials(clientId: string, secret: string, encode: (text: string) => string): string {
  const bytes = new TextEncoder().encode(`${encode(clientId)}:${encode(secret)}`)
  return btoa(String.fromCharCode(...bytes))
}

import type { GrantContext, Secret } from '@valetkey/core'
import { invalidOption } from '@valetkey/core'
import { clockSkew, PrivateKeyJwt } from 'oauth4webapi'
import type { ClientAuthentication, RequestAuthentication } from './client-authentication.ts'
import { methodOf, secretAuthentication } from './client-authentication.ts'
import type { TokenEndpointDialect } from './dialect.ts'
import { choose } from './dialect.ts'
import { unsent } from './failures.ts'
import { asRecord } from './own-members.ts'
import { PACKAGE_NAME } from './package-name.ts'

/**
 * The private key of a client that uses `private_key_jwt`; it must be allowed to sign. `kid` names it where the vendor
 * knows several. Made by `crypto.subtle.importKey`, or from PEM or JWK by `importPKCS8` and `importJWK` of jose.
 */
export type ClientKey = CryptoKey | { readonly key: CryptoKey; readonly kid?: string | undefined }

/** A key, or where to get it each time it is needed (a vault, a key that rotates). */
export type ClientKeyOption = ClientKey | (() => ClientKey | Promise<ClientKey>)

/** As oauth4webapi takes it. */
interface SigningKey {
  readonly key: CryptoKey
  readonly kid?: string
}

type ClientOptions = TokenEndpointDialect & {
  readonly clientId: string
  readonly clientSecret?: Secret | undefined
  readonly clientKey?: ClientKeyOption | undefined
}

/** Whom an assertion addresses. @throws GrantError */
type Audience = (context: GrantContext) => Promise<string>

/** Of a client that has a secret, a key, or neither. @throws CredentialError `invalid_option` */
export function resolveClientAuthentication(options: ClientOptions, audience: Audience): ClientAuthentication {
  const { clientSecret, clientKey } = options
  const isKeyed = clientKey !== undefined && clientSecret === undefined && options.clientAuthentication === undefined
  const method = choose('clientAuthentication', isKeyed ? 'private_key_jwt' : methodOf(options), [
    'client_secret_basic',
    'client_secret_post',
    'none',
    'private_key_jwt',
  ])
  if (method !== 'private_key_jwt') return secretAuthentication(method, options)
  const key = requireClientKey(clientKey)
  return {
    method,
    authenticate: (context) => signAssertion(key, options.clientId, audience, context),
    readSecret: () => Promise.reject(new TypeError('a key has no text')),
  }
}

/** RFC 7523 §2.2. The assertion is as good as a secret for as long as it lives, 60 s. */
async function signAssertion(
  option: ClientKeyOption,
  clientId: string,
  audience: Audience,
  context: GrantContext,
): Promise<RequestAuthentication> {
  const key = await readClientKey(option)
  const issuer = await audience(context)
  const client = { client_id: clientId, [clockSkew]: Math.floor(context.now() / 1000) - Math.floor(Date.now() / 1000) }
  const form = new URLSearchParams()
  try {
    await PrivateKeyJwt(key)({ issuer }, client, form, new Headers())
  } catch {
    throw unsent('"clientKey" could not sign')
  }
  return { headers: {}, parameters: Object.fromEntries(form), secrets: [form.get('client_assertion') ?? ''] }
}

/** @throws CredentialError `invalid_option` */
function requireClientKey(option: ClientKeyOption | undefined): ClientKeyOption {
  if (option === undefined) throw invalidOption(PACKAGE_NAME, 'clientKey', 'is required')
  if (typeof option === 'function' || signingKey(option)) return option
  throw invalidOption(PACKAGE_NAME, 'clientKey', 'must be a private CryptoKey with the usage "sign", or { key, kid }')
}

/** Gets the key for one request. What its function throws is not passed on: the text may hold the key. @throws GrantError */
async function readClientKey(option: ClientKeyOption): Promise<SigningKey> {
  const key = signingKey(await read(option).catch(() => undefined))
  if (key) return key
  throw unsent('"clientKey" could not be read')
}

async function read(option: ClientKeyOption): Promise<unknown> {
  return typeof option === 'function' ? option() : option
}

function signingKey(value: unknown): SigningKey | undefined {
  if (value instanceof CryptoKey) return canSign(value) ? { key: value } : undefined
  const { key, kid } = asRecord(value)
  if (!(key instanceof CryptoKey) || !canSign(key)) return undefined
  if (kid === undefined) return { key }
  return typeof kid === 'string' && kid !== '' ? { key, kid } : undefined
}

function canSign({ type, usages }: CryptoKey): boolean {
  return type === 'private' && usages.includes('sign')
}

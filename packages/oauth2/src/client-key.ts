import { GrantError, invalidOption } from '@valetkey/core'
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

/** @throws CredentialError `invalid_option` */
export function requireClientKey(option: ClientKeyOption | undefined): ClientKeyOption {
  if (option === undefined) throw invalidOption(PACKAGE_NAME, 'clientKey', 'is required')
  if (typeof option === 'function' || signingKey(option)) return option
  throw invalidOption(PACKAGE_NAME, 'clientKey', 'must be a private CryptoKey with the usage "sign", or { key, kid }')
}

/** Gets the key for one request. What its function throws is not passed on: the text may hold the key. @throws GrantError */
export async function readClientKey(option: ClientKeyOption): Promise<SigningKey> {
  const key = signingKey(await read(option).catch(() => undefined))
  if (key) return key
  throw new GrantError({ kind: 'unavailable', sent: false, description: '"clientKey" could not be read' })
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

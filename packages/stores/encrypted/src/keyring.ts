import { invalidOption, knownOptions, requireKey } from '@valetkey/core/kit'
import type { CryptoKey } from 'jose'

export const PACKAGE = '@valetkey/store-encrypted'

/** One key of the ring. */
export interface EncryptionKey {
  /** Stored unencrypted in every record that is encrypted with this key. */
  readonly id: string
  /** 32 random bytes, also as base64, base64url or hex; or an AES-GCM `CryptoKey` of 256 bits. */
  readonly key: CryptoKey | Uint8Array | string
}

export interface RingKey {
  readonly id: string
  /** Imported on first use. Rejects if the platform has no Web Crypto. */
  cryptoKey(): Promise<CryptoKey>
}

/** The first encrypts, all decrypt. */
export type Keyring = readonly [RingKey, ...RingKey[]]

const KEY_BITS = 256

/** @throws CredentialError `invalid_option`, which never quotes a key */
export function createKeyring(options: { readonly keys: readonly EncryptionKey[] } | undefined): Keyring {
  const { keys }: { readonly keys?: unknown } = knownOptions(PACKAGE, options ?? {}, { keys: true })
  if (!Array.isArray(keys)) throw invalidOption(PACKAGE, 'keys', 'is required: pass an array of { id, key }')
  const [first, ...others] = keys.map(ringKey)
  if (first === undefined) throw invalidOption(PACKAGE, 'keys', 'must hold at least one key')
  for (const [index, { id }] of [first, ...others].entries()) {
    const isRepeated = [first, ...others].findIndex((other) => other.id === id) !== index
    if (isRepeated) throw invalidOption(PACKAGE, `keys[${index}].id`, 'must differ from the ids of the other keys')
  }
  return [first, ...others]
}

function ringKey(entry: unknown, index: number): RingKey {
  const given: { readonly id?: unknown; readonly key?: unknown } =
    typeof entry === 'object' && entry !== null ? entry : {}
  const { id, key } = knownOptions(PACKAGE, given, { id: true, key: true }, `keys[${index}].`)
  if (typeof id !== 'string' || id === '')
    throw invalidOption(PACKAGE, `keys[${index}].id`, 'must be a non-empty string')
  const option = `keys[${index}].key`
  if (isCryptoKey(key)) return { id, cryptoKey: checkedCryptoKey(key, option) }
  return { id, cryptoKey: lazyImport(requireKey(PACKAGE, key, option)) }
}

function checkedCryptoKey(key: CryptoKey, option: string): RingKey['cryptoKey'] {
  const { name, length } = { length: undefined, ...key.algorithm }
  const isUsable = name === 'AES-GCM' && length === KEY_BITS
  if (!isUsable || !key.usages.includes('encrypt') || !key.usages.includes('decrypt')) {
    throw invalidOption(PACKAGE, option, 'must be an AES-GCM key of 256 bits that may encrypt and decrypt')
  }
  return () => Promise.resolve(key)
}

function lazyImport(bytes: Uint8Array<ArrayBuffer>): RingKey['cryptoKey'] {
  let imported: Promise<CryptoKey> | undefined
  return async () => {
    imported ??= crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
    return await imported
  }
}

function isCryptoKey(value: unknown): value is CryptoKey {
  return Object.prototype.toString.call(value) === '[object CryptoKey]'
}

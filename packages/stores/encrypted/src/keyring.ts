import { invalidOption, knownOptions } from '@valetkey/core/kit'
import type { CryptoKey } from 'jose'

export const PACKAGE = '@valetkey/store-encrypted'

/** One key of the ring. */
export interface EncryptionKey {
  /** Written in clear into every record sealed with this key. */
  readonly id: string
  /** 32 random bytes, also as base64, base64url or hex; or an AES-GCM `CryptoKey` of 256 bits. */
  readonly key: CryptoKey | Uint8Array | string
}

export interface RingKey {
  readonly id: string
  /** Imported at the first use. Rejects when the platform has no Web Crypto. */
  cryptoKey(): Promise<CryptoKey>
}

/** The first encrypts, all decrypt. */
export type Keyring = readonly [RingKey, ...RingKey[]]

const KEY_BYTES = 32
const HOW_TO =
  'must be 32 random bytes as base64, base64url or hex, never a password; ' +
  `make one with: node -p "crypto.randomBytes(32).toString('base64')"`

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
  if (typeof key === 'string' && /[\r\n]$/.test(key))
    throw invalidOption(PACKAGE, option, 'ends in a line break: trim it')
  const bytes = typeof key === 'string' ? decodeKey(key) : key
  if (!isBytes(bytes) || bytes.length !== KEY_BYTES) throw invalidOption(PACKAGE, option, HOW_TO)
  return { id, cryptoKey: lazyImport(Uint8Array.from(bytes)) }
}

function checkedCryptoKey(key: CryptoKey, option: string): RingKey['cryptoKey'] {
  const { name, length } = { length: undefined, ...key.algorithm }
  const isUsable = name === 'AES-GCM' && length === KEY_BYTES * 8
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

function decodeKey(text: string): Uint8Array | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  if (!/^(?:[A-Za-z0-9_-]{43}|[A-Za-z0-9+/]{43})=?$/.test(text)) return undefined
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
}

/** Tags, since a key may come from another realm. */
function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === '[object Uint8Array]'
}

function isCryptoKey(value: unknown): value is CryptoKey {
  return Object.prototype.toString.call(value) === '[object CryptoKey]'
}

import type { TokenStore } from '@valetkey/core'
import { invalidOption } from '@valetkey/core/kit'
import { createKeyring, type EncryptionKey, PACKAGE } from './keyring.ts'
import { type RotatedKeys, rotateKeys } from './rotate-keys.ts'
import { open, seal } from './seal.ts'

export interface EncryptedStoreOptions {
  /** The first encrypts, all decrypt. Ids must differ. @example [{ id: '2026-11', key: process.env.TOKEN_KEY }] */
  readonly keys: readonly EncryptionKey[]
}

export interface EncryptedStore extends TokenStore {
  /**
   * Encrypts every record again that is not encrypted with the first key. Other processes can continue to write: a record
   * that changes meanwhile is read again. It can be repeated, and can run in several processes at the same time.
   * @throws what the inner store throws; records encrypted until then stay encrypted with the first key
   */
  rotateKeys(): Promise<RotatedKeys>
}

/**
 * Encrypts the values of `store` (compact JWE, A256GCM); keys of the store, versions and the clock are the inner store's.
 * A value that cannot be decrypted rejects with `record_unreadable` and is never overwritten.
 * @throws CredentialError `invalid_option`
 */
export function encryptedStore(store: TokenStore, options: EncryptedStoreOptions): EncryptedStore {
  if (typeof store?.get !== 'function' || typeof store.compareAndSet !== 'function') {
    throw invalidOption(PACKAGE, 'store', 'must be a store: an object with get() and compareAndSet()')
  }
  const ring = createKeyring(options)
  return {
    specVersion: 'v1',
    async get(key) {
      const read = await store.get(key)
      return read.value === undefined ? read : { ...read, value: (await open(ring, key, read.value)).value }
    },
    async compareAndSet(key, expected, value, options) {
      // The caller may change its object while the value is sealed.
      const writeOptions = { ...options }
      return await store.compareAndSet(key, expected, await seal(ring, key, value, writeOptions), writeOptions)
    },
    ...(store.waitForChange && { waitForChange: store.waitForChange.bind(store) }),
    ...(store.list && { list: store.list.bind(store) }),
    rotateKeys: () => rotateKeys(store, ring),
  }
}

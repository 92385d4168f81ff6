import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { requireText } from '@valetkey/core'
import { type EncryptedStore, type EncryptionKey, encryptedStore } from '@valetkey/store-encrypted'
import { createFileStore, type FileStore } from './create-file-store.ts'
import { PACKAGE } from './errors.ts'
import { nodePlatform } from './platform.ts'
import { assertPrivateDirectorySync } from './private-access.ts'

export interface FileStoreOptions {
  /**
   * A directory for these tokens alone, on a local disk. Created, for this user only, at the first write; one that
   * others may enter is refused. `~/` is the home directory.
   */
  readonly path: string
  /** Encrypts the values: as `keys` of `encryptedStore`. */
  readonly keys?: readonly EncryptionKey[] | undefined
}

/**
 * Keeps tokens in files that all processes of this host and user may share: a write is durable and complete or did not
 * happen, whenever a process is killed. Does not touch the disk before its first use.
 * @throws CredentialError `invalid_option`
 */
export function fileStore(options: FileStoreOptions & { readonly keys: readonly EncryptionKey[] }): EncryptedFileStore
export function fileStore(options: FileStoreOptions): FileStore
export function fileStore(options: FileStoreOptions): FileStore {
  requireText(PACKAGE, options, ['path'])
  const root = resolve(options.path.replace(/^~(?=$|[\\/])/, homedir()))
  assertPrivateDirectorySync(root)
  const store = createFileStore(root, nodePlatform())
  const keys = Object.hasOwn(options, 'keys') ? options.keys : undefined
  return keys === undefined ? store : { ...store, ...encryptedStore(store, { keys }) }
}

export type EncryptedFileStore = FileStore & Pick<EncryptedStore, 'rotateKeys'>

import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { assertKnownOptions, ownMembers, requireText } from '@valetkey/core/kit'
import { type EncryptedStore, type EncryptionKey, encryptedStore } from '@valetkey/store-encrypted'
import { createFileStore, type FileStore } from './create-file-store.ts'
import { PACKAGE, storeError } from './errors.ts'
import { nodePlatform } from './platform.ts'
import { assertPrivateDirectorySync } from './private-access.ts'

export interface FileStoreOptions {
  /**
   * A directory for these tokens only, on a local disk. The first write creates it, for this user only; a directory that
   * other users can enter is refused. `~/` is the home directory.
   */
  readonly path: string
  /** Encrypts the values; same as `keys` of `encryptedStore`. */
  readonly keys?: readonly EncryptionKey[] | undefined
}

/**
 * Keeps tokens in files that all processes of this host and user can share. A write is either complete and durable or did
 * not happen, even if the process is killed. Writes nothing before its first use.
 * @throws CredentialError `invalid_option`
 */
export function fileStore(options: FileStoreOptions & { readonly keys: readonly EncryptionKey[] }): EncryptedFileStore
export function fileStore(options: FileStoreOptions): FileStore
export function fileStore(options: FileStoreOptions): FileStore {
  assertKnownOptions(PACKAGE, options, { path: true, keys: true })
  requireText(PACKAGE, options, ['path'])
  const { path, keys } = ownMembers(options)
  const root = resolve(path.replace(/^~(?=$|[\\/])/, homedir()))
  try {
    assertPrivateDirectorySync(root)
  } catch (error) {
    throw storeError(error)
  }
  const store = createFileStore(root, nodePlatform())
  return keys === undefined ? store : { ...store, ...encryptedStore(store, { keys }) }
}

export type EncryptedFileStore = FileStore & Pick<EncryptedStore, 'rotateKeys'>

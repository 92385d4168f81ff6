import { join } from 'node:path'
import { type EncryptedFileStore, fileStore } from '@valetkey/store-file'
import { createDataFolder, dataFolder, isThere } from '../home.ts'
import type { Io } from '../io.ts'
import { type KeyPlace, type KeyRing, type KeyRingOptions, openKeyRing, readKeyRing } from './key-ring.ts'

/** The store of this user on this machine: encrypted files. */
export interface LocalStore {
  readonly store: EncryptedFileStore
  readonly place: KeyPlace
}

/** `undefined` when nothing was ever stored. @throws CliError when its key cannot be had */
export async function findLocalStore(io: Pick<Io, 'env'>): Promise<LocalStore | undefined> {
  if (!isThere(join(dataFolder(io), 'keys'))) return undefined
  const ring = await readKeyRing(keyRingOptions(io))
  return ring && localStore(io, ring)
}

/** @throws CliError `store_unavailable` when it has to be begun and cannot be */
export async function openLocalStore(io: Pick<Io, 'env'>): Promise<LocalStore> {
  createDataFolder(io, 'keys')
  return localStore(io, await openKeyRing(keyRingOptions(io)))
}

export function localStore(io: Pick<Io, 'env'>, { keys, place }: KeyRing): LocalStore {
  return { store: fileStore({ path: join(dataFolder(io), 'tokens'), keys }), place }
}

export function keyRingOptions({ env }: Pick<Io, 'env'>): KeyRingOptions {
  return {
    folder: dataFolder({ env }),
    env,
    async openKeychain(options) {
      if (env.VALETKEY_KEYCHAIN === 'off') return undefined
      const { openKeychain } = await import('./keychain.ts')
      return await openKeychain(options)
    },
  }
}

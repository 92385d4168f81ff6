import { type Stats, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { CredentialError } from '@valetkey/core'
import { invalidOption } from '@valetkey/core/kit'
import { hasCode, PACKAGE } from './errors.ts'

/** The permission bits of the group and of all others. */
const OTHERS = 0o077

/** Refuses a directory that other users can enter; an absent one is accepted. @throws CredentialError `invalid_option` */
export async function assertPrivateDirectory(path: string): Promise<void> {
  try {
    assertDirectory(await stat(path), path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

/** The same check when the store is created, so that the program fails early. */
export function assertPrivateDirectorySync(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats) assertDirectory(stats, path)
}

/** Refuses a path that another user owns, can read or can write. @throws CredentialError `invalid_option` */
export function assertPrivate({ uid, mode }: Stats, path: string): void {
  const self = process.geteuid?.()
  // Windows: the profile's access control list decides.
  if (self === undefined) return
  if (uid !== self) {
    throw refused(`must belong to the user who runs this process (uid ${self}): ${path} belongs to uid ${uid}`)
  }
  if (mode & OTHERS) {
    throw refused(
      `must be closed to other users: run chmod go-rwx '${path}', and replace tokens that others may have read`,
    )
  }
}

function assertDirectory(stats: Stats, path: string): void {
  if (!stats.isDirectory()) throw refused(`must name a directory: ${path} is none`)
  assertPrivate(stats, path)
}

function refused(problem: string): CredentialError<'invalid_option'> {
  return invalidOption(PACKAGE, 'path', problem)
}

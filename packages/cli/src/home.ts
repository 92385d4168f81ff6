import { accessSync, closeSync, constants, fsyncSync, mkdirSync, openSync, rmdirSync, statSync } from 'node:fs'
import { devNull, homedir, platform } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { CliError, EXIT, usageError } from './cli-error.ts'
import type { Io } from './io.ts'

/**
 * The folder of this user's tokens, keys and trust: VALETKEY_HOME, else where the platform keeps the data of programs.
 * @throws CliError `usage` for a relative path: it would be what the current folder brings
 */
export function dataFolder({ env }: Pick<Io, 'env'>): string {
  const { VALETKEY_HOME, XDG_DATA_HOME = '', LOCALAPPDATA } = env
  if (VALETKEY_HOME) return absolute('VALETKEY_HOME', VALETKEY_HOME)
  const home = absolute('HOME', env.HOME || homeOfUser())
  if (platform() === 'darwin') return join(home, 'Library', 'Application Support', 'valetkey')
  if (platform() === 'win32') return join(LOCALAPPDATA || join(home, 'AppData', 'Local'), 'valetkey')
  // The specification has a relative one ignored.
  return join(isAbsolute(XDG_DATA_HOME) ? XDG_DATA_HOME : join(home, '.local', 'share'), 'valetkey')
}

/** A user without an entry has none; then nothing can be kept. */
function homeOfUser(): string {
  try {
    return homedir()
  } catch {
    return devNull
  }
}

/** A folder in it, created for this user only. @throws CliError `store_unavailable` */
export function createDataFolder(io: Pick<Io, 'env'>, name: 'keys' | 'trust'): string {
  const folder = join(dataFolder(io), name)
  try {
    createFolder(folder)
    accessSync(folder, constants.W_OK)
    return folder
  } catch (error) {
    const message = `${folder} cannot be written${codeOf(error)}; set VALETKEY_HOME to a folder that you may write`
    throw new CliError('store_unavailable', EXIT.store, message)
  }
}

/**
 * Calls `work` in the data folder as a first login would find it, then removes the folders that this took.
 * @throws CliError `store_unavailable`, and what `work` throws
 */
export async function inNewDataFolder(io: Pick<Io, 'env'>, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = dataFolder(io)
  const missing = [join(folder, 'keys')]
  for (let next = folder; !isThere(next); next = dirname(next)) missing.push(next)
  if (isThere(join(folder, 'keys'))) missing.shift()
  try {
    createDataFolder(io, 'keys')
    await work(folder)
  } finally {
    for (const created of missing) removeFolder(created)
  }
}

/** One that another process has begun to use stays. */
function removeFolder(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // It was not created, or it is in use.
  }
}

/** Whether there is something at a path. */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    // A file has no children, and a folder that this user cannot read has none of this user's.
    return !/ENOTDIR|EACCES/.test(codeOf(error))
  }
}

/** Step by step: the recursive one of Node does not end where the file system takes no folder, as in /proc. */
function createFolder(folder: string, hasParent = false): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
    syncFolder(dirname(folder))
  } catch (error) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
    if (!codeOf(error).includes('ENOENT') || hasParent) throw error
    createFolder(dirname(folder))
    createFolder(folder, true)
  }
}

/** So that a name in it is there after a power failure too. */
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r')
    fsyncSync(descriptor)
    closeSync(descriptor)
  } catch {
    // Windows and some network file systems do not sync directories.
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
}

function absolute(variable: string, path: string): string {
  if (isAbsolute(path)) return path
  throw usageError(`${variable} must be an absolute path; "${path}" would be another folder in every place`)
}

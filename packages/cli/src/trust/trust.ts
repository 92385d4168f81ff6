import { realpathSync } from 'node:fs'
import { userInfo } from 'node:os'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import type { TokenStore } from '@valetkey/core'
import { fileStore } from '@valetkey/store-file'
import { usageError } from '../cli-error.ts'
import { createDataFolder, dataFolder, isThere } from '../home.ts'
import type { CommandIo } from '../io.ts'
import { isTexts, member, parseObject } from '../json.ts'
import { put } from '../stores/staged-store.ts'
import { isInside } from '../vendors/find-packages.ts'
import { type Contents, contentsOfFile, contentsOfFolder } from './contents.ts'

type TrustIo = Pick<CommandIo, 'env'>

/** `changed`: it was allowed, and is no longer what it was then. */
export type Trust = 'trusted' | 'changed' | 'unknown'

export async function trustOf(io: TrustIo, { path, isFolder, digest }: Contents): Promise<Trust> {
  if (foldersOfEnvironment(io).some((folder) => isInside(folder, path))) return 'trusted'
  if (!isThere(trustFolder(io)) || isOwnWord(io, isFolder ? path : dirname(path))) return 'unknown'
  const { value } = await trustStore(io).get(keyOf(path, isFolder))
  const allowed = member(parseObject(value ?? ''), 'digest')
  if (allowed === undefined) return 'unknown'
  return allowed === digest ? 'trusted' : 'changed'
}

/** @throws CliError `usage` where the records of trust are in the folder itself; CredentialError when they cannot be written */
export async function allow(io: TrustIo, { path, isFolder, digest }: Contents): Promise<void> {
  const kept = createDataFolder(io, 'trust')
  const folder = isFolder ? path : dirname(path)
  if (isOwnWord(io, folder)) {
    throw usageError(`what is allowed is kept in ${kept}, which is in ${folder}; set VALETKEY_HOME to a folder outside`)
  }
  await put(trustStore(io), keyOf(path, isFolder), JSON.stringify({ v: 1, digest }))
}

/** Revoked records need not be told from those that never were. */
const REVOKED_MS = 1

/** @returns whether it was allowed, in this state or another */
export async function revoke(io: TrustIo, path: string, isFolder: boolean): Promise<boolean> {
  if (!isThere(trustFolder(io))) return false
  const store = trustStore(io)
  const key = keyOf(path, isFolder)
  if ((await store.get(key)).value === undefined) return false
  await put(store, key, '{"v":1}', { retainMs: REVOKED_MS })
  return true
}

export interface Allowed {
  readonly path: string
  readonly isFolder: boolean
  readonly state: 'trusted' | 'changed' | 'gone'
}

/** What was allowed, by path. */
export async function listAllowed(io: TrustIo): Promise<Allowed[]> {
  const found: Allowed[] = []
  if (!isThere(trustFolder(io))) return found
  for await (const key of trustStore(io).list?.() ?? []) {
    const [kind = '', name, path = ''] = textsOf(key)
    if (kind !== KEY_KIND) continue
    const isFolder = name === 'folder'
    found.push({ path, isFolder, state: await stateOf(io, path, isFolder) })
  }
  return found.toSorted((a, b) => a.path.localeCompare(b.path))
}

async function stateOf(io: TrustIo, path: string, isFolder: boolean): Promise<Allowed['state']> {
  if (!isThere(path)) return 'gone'
  const trust = await trustOf(io, isFolder ? contentsOfFolder(path) : contentsOfFile(path))
  return trust === 'trusted' ? trust : 'changed'
}

/** The folders of VALETKEY_TRUST, with everything in them: for machines without a user. @throws CliError `usage` */
function foldersOfEnvironment({ env }: TrustIo): string[] {
  const paths = (env.VALETKEY_TRUST ?? '').split(delimiter).filter((path) => path !== '')
  return paths.flatMap((path) => {
    // A relative one would allow any current folder.
    if (!isAbsolute(path)) throw usageError(`VALETKEY_TRUST must hold absolute paths; "${path}" is none`)
    return isThere(path) ? [realpathSync.native(path)] : []
  })
}

/** Whether a folder could contain the records that allow it. The user's home contains them and is exempt. */
function isOwnWord(io: TrustIo, folder: string): boolean {
  return isInside(folder, realpathSync.native(dataFolder(io))) && !isInside(folder, homeOfUser())
}

function homeOfUser(): string {
  try {
    return realpathSync.native(userInfo().homedir)
  } catch {
    // A user without an entry has none.
    return ''
  }
}

const KEY_KIND = 'vktrust1'

function keyOf(path: string, isFolder: boolean): string {
  return JSON.stringify([KEY_KIND, isFolder ? 'folder' : 'file', path])
}

function textsOf(key: string): readonly string[] {
  const parts = member(parseObject(`{"parts":${key}}`), 'parts')
  return isTexts(parts) ? parts : []
}

function trustFolder(io: TrustIo): string {
  return join(dataFolder(io), 'trust')
}

function trustStore(io: TrustIo): TokenStore {
  return fileStore({ path: trustFolder(io) })
}

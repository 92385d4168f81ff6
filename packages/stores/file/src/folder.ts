import { mkdir, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { hasCode, recordUnreadable, unusablePath } from './errors.ts'
import { withFile } from './open-file.ts'
import { assertPrivate } from './private-access.ts'
import { parseRecord, type ReadRecord, type StoredRecord, sha256, versionOf } from './record-text.ts'

/** What the folder of one key holds. */
export interface FolderContent {
  /** Numbers of records, ascending. */
  readonly records: readonly number[]
  /** Unfinished writes and reservations of numbers. */
  readonly sideFiles: readonly SideFile[]
}

export interface SideFile {
  readonly number: number
  readonly name: string
}

const FOLDER = /^[\da-f]{64}$/
const RECORD = /^(\d+)\.record$/
const SIDE_FILE = /^(\d+)[-.].*(?:tmp|claim)$/

/** File names must not depend on what a key contains, nor on its length or case. */
export function folderOf(root: string, key: string): string {
  return join(root, sha256(key))
}

/** The folders of all keys. */
export async function foldersIn(root: string): Promise<string[]> {
  const names = await namesIn(root)
  return names.filter((name) => FOLDER.test(name)).map((name) => join(root, name))
}

export function recordPath(folder: string, number: number): string {
  return join(folder, `${number}.record`)
}

export function reservationPath(folder: string, number: number): string {
  return join(folder, `${number}.claim`)
}

export function temporaryPath(folder: string, { number, id }: StoredRecord): string {
  return join(folder, `${number}-${id}.tmp`)
}

export async function readFolder(folder: string): Promise<FolderContent> {
  const names = await namesIn(folder)
  return {
    records: numbered(names, RECORD)
      .map(({ number }) => number)
      .sort((a, b) => a - b),
    sideFiles: numbered(names, SIDE_FILE),
  }
}

/** `[]` if the folder does not exist. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}

/** The record with the highest number. @param now for the detail of the error @throws CredentialError `record_unreadable` */
export async function readHead(folder: string, now: number): Promise<StoredRecord | undefined> {
  let unread: number | undefined
  for (;;) {
    const number = (await readFolder(folder)).records.at(-1)
    if (number === undefined) return undefined
    const { header, value, damage } = (await readRecord(folder, number)) ?? {}
    const isOwn = header?.number === number && sha256(header.key) === basename(folder)
    if (isOwn && value !== undefined) return { ...header, value }
    // A record that was replaced between two reads has lost its value; a record that is still the last is damaged.
    if (number === unread) {
      const isDamaged = damage !== undefined && (header === undefined || isOwn)
      const damaged = isDamaged ? { now, version: versionOf({ number, id: damage }) } : undefined
      throw recordUnreadable(recordPath(folder, number), damaged)
    }
    unread = number
  }
}

/** `undefined`: it no longer exists. @throws CredentialError `invalid_option` if it is not private */
export async function readRecord(folder: string, number: number): Promise<ReadRecord | undefined> {
  const path = recordPath(folder, number)
  try {
    return await withFile(path, 'r', async (file) => {
      assertPrivate(await file.stat(), path)
      return parseRecord(await file.readFile())
    })
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/**
 * Creates it durably, with the folders above it, for this user only. One by one: with `recursive`, Node repeats forever if a
 * folder exists and `mkdir` in it fails with ENOENT, as below /proc.
 * @throws CredentialError `invalid_option` if it cannot be created
 */
export async function createFolder(folder: string): Promise<void> {
  const parent = dirname(folder)
  if (await makeFolder(folder)) return await syncFolder(parent)
  if (parent === folder) throw unusablePath(`ENOENT: ${folder} cannot be created`)
  await createFolder(parent)
  if (!(await makeFolder(folder))) throw unusablePath(`ENOENT: ${folder} cannot be created`)
  await syncFolder(parent)
}

/** `true`: the folder exists now; `false`: the folder above it does not exist. */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 })
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    if ((await stat(folder).catch(() => undefined))?.isDirectory()) return true
    throw error
  }
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    await withFile(folder, 'r', (directory) => directory.sync())
  } catch (error) {
    // Windows and some network file systems do not sync directories.
    if (!hasCode(error, 'EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP')) throw error
  }
}

export async function ageOf(path: string, now: number): Promise<number> {
  return now - (await stat(path)).mtimeMs
}

function numbered(names: readonly string[], pattern: RegExp): SideFile[] {
  return names.flatMap((name) => {
    const match = pattern.exec(name)
    return match ? [{ number: Number(match[1]), name }] : []
  })
}

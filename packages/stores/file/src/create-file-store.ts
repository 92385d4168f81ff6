import { randomUUID } from 'node:crypto'
import { type CasResult, isCredentialError, type StoreRead, type TokenStore } from '@valetkey/core'
import { recordUnreadable, storeError } from './errors.ts'
import { createFolder, folderOf, foldersIn, readHead, recordPath } from './folder.ts'
import type { Platform } from './platform.ts'
import { assertPrivateDirectory } from './private-access.ts'
import { publish } from './publish.ts'
import { numberOfVersion, type StoredRecord, versionOf } from './record-text.ts'
import { sweep } from './sweep.ts'
import { tidy } from './tidy.ts'
import { waitUntilChanged } from './wait-for-change.ts'

export type FileStore = TokenStore & Required<Pick<TokenStore, 'waitForChange' | 'list'>>

/** A store in the directory `root`. */
export function createFileStore(root: string, platform: Platform): FileStore {
  const { clock } = platform

  const get = async (key: string): Promise<StoreRead> => {
    const now = clock.now()
    const { head } = await look(root, key, now)
    return isPresent(head, now) ? { now, version: versionOf(head), value: head.value } : { now }
  }

  return {
    specVersion: 'v1',
    get: (key) => typed(get(key)),
    compareAndSet: (key, expected, value, options) =>
      typed(compareAndSet(root, { key, expected, value, retainMs: options?.retainMs }, platform)),
    waitForChange(key, version, options) {
      const hasChanged = async () => (await get(key)).version !== version
      // If the record cannot be read, the next read reports why.
      return waitUntilChanged(folderOf(root, key), () => hasChanged().catch(() => true), options)
    },
    list: () => listKeys(root, clock.now()),
  }
}

interface Write {
  readonly key: string
  readonly expected: string | undefined
  readonly value: string
  readonly retainMs: number | undefined
}

async function compareAndSet(root: string, write: Write, platform: Platform): Promise<CasResult> {
  const { key, expected, value, retainMs } = write
  const now = platform.clock.now()
  const { folder, head, damaged } = await look(root, key, now, expected)
  const current = isPresent(head, now) ? versionOf(head) : damaged
  if (current !== expected) return { ok: false }
  if (head === undefined) await createFolder(folder)
  const previous = head ? versionOf(head) : (damaged ?? '')
  const draft: StoredRecord = {
    number: numberOfVersion(previous) + 1,
    id: randomUUID(),
    previous,
    key,
    ...(retainMs !== undefined && { dropAt: now + retainMs }),
    value,
  }
  const record = await publish(folder, draft, platform)
  if (record === undefined) return { ok: false }
  await tidy(folder, record, now).catch(() => {})
  if (retainMs !== undefined) await sweep(root, now).catch(() => {})
  return { ok: true, version: versionOf(record) }
}

/** A record that cannot be read does not hide the others: it is reported after all others are listed. */
async function* listKeys(root: string, now: number): AsyncGenerator<string> {
  const failures: unknown[] = []
  for (const folder of await typed(keyFolders(root))) {
    const head = await readHead(folder, now).catch((error: unknown) => {
      failures.push(error)
      return undefined
    })
    if (isPresent(head, now)) yield head.key
  }
  if (failures.length > 0) throw storeError(failures[0])
}

async function keyFolders(root: string): Promise<string[]> {
  await assertPrivateDirectory(root)
  return await foldersIn(root)
}

interface Look {
  readonly folder: string
  readonly head?: StoredRecord | undefined
  /** Version of the damaged record that is stored instead. */
  readonly damaged?: string | undefined
}

/** @param replaced version of a record that is known to be damaged */
async function look(root: string, key: string, now: number, replaced?: string): Promise<Look> {
  await assertPrivateDirectory(root)
  const folder = folderOf(root, key)
  try {
    const head = await readHead(folder, now)
    if (head && head.key !== key) throw recordUnreadable(recordPath(folder, head.number))
    return { folder, head }
  } catch (error) {
    const damaged = isCredentialError(error, 'record_unreadable') ? error.damaged?.version : undefined
    if (damaged === undefined || damaged !== replaced) throw error
    return { folder, damaged }
  }
}

function isPresent(head: StoredRecord | undefined, now: number): head is StoredRecord {
  return head !== undefined && (head.dropAt === undefined || now < head.dropAt)
}

async function typed<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    throw storeError(error)
  }
}

import { rename, unlink } from 'node:fs/promises'
import { hasCode, storeUnavailable } from './errors.ts'
import { readFolder, readRecord, recordPath, reservationPath, syncFolder, temporaryPath } from './folder.ts'
import { withFile } from './open-file.ts'
import type { Platform } from './platform.ts'
import { numberOfVersion, type StoredRecord, serializeRecord, versionOf } from './record-text.ts'
import { reserveNumber } from './reservation.ts'
import { isGoing } from './sweep.ts'
import { takeValues } from './tidy.ts'

/** Errors of file systems without hard links (exFAT, some of FUSE and SMB; `EISDIR` on Windows), and of Android's policy (`EACCES`). */
const NO_LINKS = ['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EISDIR']

/**
 * Makes `draft` the last record of the folder, unless another process was first. The record is durable when it resolves.
 * @returns the record as it is stored, or `undefined` if another record was written instead
 * @throws CredentialError `store_unavailable` if the outcome can no longer be determined, and what the file system throws
 */
export async function publish(
  folder: string,
  draft: StoredRecord,
  platform: Platform,
): Promise<StoredRecord | undefined> {
  const record = await place(folder, draft, platform)
  if (record === undefined) return undefined
  await syncFolder(folder)
  return await confirm(folder, record)
}

/** The record gets its name only when it is complete and durable. */
async function place(folder: string, draft: StoredRecord, platform: Platform): Promise<StoredRecord | undefined> {
  const temporary = temporaryPath(folder, draft)
  try {
    if (!(await writeDraft(temporary, draft)) || (await isGoing(folder, draft))) return undefined
    const linked = await link(temporary, recordPath(folder, draft.number), platform)
    if (linked === 'refused') return await placeReserved(folder, draft, platform)
    return linked === 'linked' ? draft : undefined
  } finally {
    // The next write removes the file if this fails.
    await unlink(temporary).catch(() => {})
  }
}

/** Whether it was written; `false` if the folder was removed meanwhile because its record had expired. */
async function writeDraft(temporary: string, draft: StoredRecord): Promise<boolean> {
  try {
    await writeDurably(temporary, serializeRecord(draft))
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}

async function link(from: string, to: string, platform: Platform): Promise<'linked' | 'lost' | 'refused'> {
  try {
    await platform.link(from, to)
    return 'linked'
  } catch (error) {
    // ENOENT: the process that was first has already cleaned up.
    if (hasCode(error, 'EEXIST', 'ENOENT')) return 'lost'
    if (hasCode(error, ...NO_LINKS)) return 'refused'
    throw error
  }
}

async function placeReserved(
  folder: string,
  draft: StoredRecord,
  { clock }: Platform,
): Promise<StoredRecord | undefined> {
  const number = await reserveNumber(folder, draft, clock)
  if (number === undefined) return undefined
  try {
    const last = (await readFolder(folder)).records.at(-1) ?? 0
    if (last >= draft.number) return undefined
    const record = { ...draft, number }
    const temporary = temporaryPath(folder, record)
    await writeDurably(temporary, serializeRecord(record))
    await rename(temporary, recordPath(folder, number))
    return record
  } finally {
    await unlink(reservationPath(folder, number)).catch(() => {})
  }
}

/** A process that was suspended before it published may be too late: others have replaced the previous record. */
async function confirm(folder: string, record: StoredRecord): Promise<StoredRecord | undefined> {
  const next = (await readFolder(folder)).records.find((number) => number > record.number)
  if (next === undefined) return record
  const base = await baseOf(folder, next, record.number)
  if (base === versionOf(record)) return record
  await takeValues(folder, [record.number])
  if (base !== undefined) return undefined
  throw storeUnavailable(`this process was stopped in the middle of a write; ${folder} has moved on`)
}

/**
 * The version with `most` or a lower number that record `number` is based on; `undefined` if the records between them no
 * longer exist. Goes from record to record: a folder that is read during a write may show a record without its predecessor.
 */
async function baseOf(folder: string, number: number, most: number): Promise<string | undefined> {
  const previous = (await readRecord(folder, number))?.header?.previous
  if (previous === undefined || numberOfVersion(previous) <= most) return previous
  return await baseOf(folder, numberOfVersion(previous), most)
}

function writeDurably(path: string, text: string): Promise<void> {
  return withFile(path, 'w', async (file) => {
    await file.writeFile(text)
    await file.sync()
  })
}

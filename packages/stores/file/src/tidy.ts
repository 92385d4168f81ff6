import { rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { ageOf, readFolder, readRecord, recordPath } from './folder.ts'
import type { StoredRecord } from './record-text.ts'

/** A writer that saw a record as the last one finds its number taken as long as the record's successors are there. */
const KEPT_RECORDS = 4
const KEPT_MS = 60_000

/**
 * Removes what `last` made superfluous: the values of the records before it, so that no old token stays on disk,
 * unfinished writes, and old records. What fails here, the next write does.
 */
export async function tidy(folder: string, last: StoredRecord, now: number): Promise<void> {
  const { records, sideFiles } = await readFolder(folder)
  const before = records.filter((number) => number < last.number)
  const abandoned = sideFiles.filter(({ number }) => number <= last.number)
  await takeValues(folder, before)
  for (const { name } of abandoned) await rm(join(folder, name), { force: true })
  await removeOld(folder, before.slice(0, 1 - KEPT_RECORDS), now)
}

/**
 * Leaves the headers of `records` (ascending; others must have been built on each), from the last one without a value on
 * upwards: so a record without one never lies above one that still has it, wherever a process is stopped.
 */
export async function takeValues(folder: string, records: readonly number[]): Promise<void> {
  const cuts: Array<readonly [file: string, length: number]> = []
  for (const number of records.toReversed()) {
    const record = await readRecord(folder, number)
    if (record?.value === undefined) break
    cuts.unshift([recordPath(folder, number), record.headerLength])
  }
  for (const [file, length] of cuts) await truncate(file, length)
}

async function removeOld(folder: string, records: readonly number[], now: number): Promise<void> {
  for (const number of records) {
    const path = recordPath(folder, number)
    if ((await ageOf(path, now)) < KEPT_MS) return
    await rm(path, { force: true })
  }
}

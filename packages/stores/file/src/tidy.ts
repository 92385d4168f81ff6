import { rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { ageOf, readFolder, readRecord, recordPath } from './folder.ts'
import type { StoredRecord } from './record-text.ts'

/** A writer that read an old record as the last one finds its number taken while later records exist. */
const KEPT_RECORDS = 4
const KEPT_MS = 60_000

/**
 * Removes what `last` replaced: the values of earlier records, so that no old token stays on disk, unfinished writes, and
 * old records. If this fails, the next write does it.
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
 * Removes the values of `records` and keeps their headers (ascending; each must have a successor). It starts after the last
 * record without a value, so that no record without a value follows one with a value, even if the process is stopped.
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

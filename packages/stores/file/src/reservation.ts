import { stat } from 'node:fs/promises'
import type { Clock } from '@valetkey/core'
import { hasCode } from './errors.ts'
import { readFolder, reservationPath, temporaryPath } from './folder.ts'
import { withFile } from './open-file.ts'
import type { StoredRecord } from './record-text.ts'

/** A reservation this old belongs to a process that died or is suspended. */
const DEAD_AFTER_MS = 10_000
/** The reservation must also exist for this long by this process's clock: after the machine sleeps, every reservation looks old. */
const TAKEOVER_MS = 1_000
/** Below the 5 s that core allows for a store call. */
const PATIENCE_MS = 3_000
const POLL_MS = 25

/**
 * Reserves a number for one record if hard links are refused: the number of `draft`, or the next one that is not reserved
 * by a process that died. Only its owner may publish with it. The temporary file of `draft` must exist.
 * @returns `undefined` if another process was or may be first
 */
export async function reserveNumber(folder: string, draft: StoredRecord, clock: Clock): Promise<number | undefined> {
  const startedAt = clock.monotonic()
  let number = draft.number
  let seenAt = startedAt
  while (!(await create(reservationPath(folder, number)))) {
    const last = (await readFolder(folder)).records.at(-1) ?? 0
    const now = clock.monotonic()
    if (last >= draft.number || now - startedAt > PATIENCE_MS) return undefined
    if (now - seenAt > TAKEOVER_MS && (await isDead(reservationPath(folder, number), temporaryPath(folder, draft)))) {
      number += 1
      seenAt = now
    } else {
      await clock.sleep(POLL_MS)
    }
  }
  return number
}

async function create(reservation: string): Promise<boolean> {
  try {
    return await withFile(reservation, 'wx', async () => true)
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

/** Compares with a file just written: a network file system may have a different clock. */
async function isDead(reservation: string, justWritten: string): Promise<boolean> {
  try {
    const [reserved, written] = await Promise.all([stat(reservation), stat(justWritten)])
    return written.mtimeMs - reserved.mtimeMs > DEAD_AFTER_MS
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}

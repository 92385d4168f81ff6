import { rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { foldersIn, readFolder, readHead, recordPath, temporaryPath } from './folder.ts'
import { withFile } from './open-file.ts'
import { numberOfVersion, type StoredRecord } from './record-text.ts'

/** Keys that each write checks: more than the one folder that it adds, so that expired records do not accumulate. */
const LOOKED_AT = 16
/** This long after a record expires, a process that began to write before has finished or was suspended. */
const KEPT_MS = 60_000
/** No record has this number. While it is there, one process removes the folder. */
const RESERVATION = '0.claim'
/** A removal takes milliseconds: the process with a reservation this old has died. */
const DEAD_AFTER_MS = 10_000

/** Removes the folders of some keys if their last record has expired; the next write checks other keys. */
export async function sweep(root: string, now: number): Promise<void> {
  const folders = await foldersIn(root)
  const first = Math.floor(Math.random() * folders.length)
  for (let looked = 0; looked < Math.min(LOOKED_AT, folders.length); looked += 1) {
    const folder = folders[(first + looked) % folders.length] ?? root
    if (await isOver(folder, now)) await remove(folder, now).catch(() => {})
  }
}

/**
 * Whether another process is removing `folder`, or has removed the record that `draft` replaces. Call it when the temporary
 * file of `draft` exists: a process that makes its reservation later finds that file and keeps the folder.
 */
export async function isGoing(folder: string, draft: StoredRecord): Promise<boolean> {
  const { records, sideFiles } = await readFolder(folder)
  if (draft.previous !== '' && !records.includes(numberOfVersion(draft.previous))) return true
  if (!sideFiles.some(({ name }) => name === RESERVATION)) return false
  const age = await ageBetween(join(folder, RESERVATION), temporaryPath(folder, draft))
  return age < DEAD_AFTER_MS
}

async function isOver(folder: string, now: number): Promise<boolean> {
  const head = await readHead(folder, now).catch(() => undefined)
  return head?.dropAt !== undefined && head.dropAt + KEPT_MS <= now
}

/**
 * Keeps a folder that another process is about to write to. The reservation of a process that died stays until the next write
 * of the key, and so does its folder.
 */
async function remove(folder: string, now: number): Promise<void> {
  const reservation = join(folder, RESERVATION)
  await withFile(reservation, 'wx', async () => {})
  try {
    const { records, sideFiles } = await readFolder(folder)
    const drafts = sideFiles.filter(({ name }) => name !== RESERVATION).map(({ name }) => join(folder, name))
    for (const draft of drafts) if ((await ageBetween(draft, reservation)) < KEPT_MS) return
    if (!(await isOver(folder, now))) return
    for (const file of [...drafts, ...records.map((number) => recordPath(folder, number))]) {
      await rm(file, { force: true })
    }
  } finally {
    await rm(reservation, { force: true })
  }
  await rmdir(folder)
}

/** How much later the second file was written, by the file system's clock, which may differ from this machine's. */
async function ageBetween(file: string, later: string): Promise<number> {
  const [before, after] = await Promise.all([stat(file), stat(later)].map((reading) => reading.catch(() => undefined)))
  return before && after ? after.mtimeMs - before.mtimeMs : 0
}

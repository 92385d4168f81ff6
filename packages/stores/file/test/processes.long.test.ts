import { chmod, chown } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { folderOf } from '../src/folder.ts'
import { resultsOf, startChild } from './support/child.ts'
import { temporaryPath } from './support/folder.ts'

const USER = 65_534
const isRoot = process.geteuid?.() === 0

test('what one process writes, the next one reads', async () => {
  const path = await userPath()
  expect(await use(path, ['set key value'])).toEqual([true])
  expect(await use(path, ['get key'])).toEqual(['value'])
})

test('a wait for a change keeps no process alive', async () => {
  const path = await userPath()
  expect(await use(path, ['wait absent', 'set key value', 'wait key'])).toEqual(['waiting', true, 'waiting'])
})

test('a directory that may not be written: writes say so, reads go on, nothing is lost', async () => {
  const path = await userPath()
  await use(path, ['set key value'])
  const folder = folderOf(path, 'key')
  await chmod(folder, 0o500)
  const [written, read] = await use(path, ['set key new', 'get key'])
  const message = expect.stringContaining('"path" cannot be used by this process: EACCES: permission denied')
  expect(written).toEqual({ code: 'invalid_option', message })
  expect(read).toBe('value')
  await chmod(path, 0o500)
  expect(await use(path, ['set other new', 'get key'])).toEqual([
    expect.objectContaining({ code: 'invalid_option' }),
    'value',
  ])
  await chmod(path, 0o700)
  await chmod(folder, 0o700)
  expect(await use(path, ['set key new', 'get key'])).toEqual([true, 'new'])
})

test('a full disk: the write fails as store_unavailable, and the record before it stays', async () => {
  const path = await userPath()
  const steps = ['set key value', 'set-big key x', 'get key', 'set key new', 'get key']
  // No file of this process can grow beyond 4 KB.
  const results = await use(path, steps, 'ulimit -f 4')
  const failure = { code: 'store_unavailable', message: expect.stringContaining('EFBIG: file too large') }
  expect(results).toEqual([true, failure, 'value', true, 'new'])
})

/** Runs the steps in a process of its own, which is not root. */
function use(path: string, steps: readonly string[], shell?: string): Promise<unknown[]> {
  return resultsOf(startChild('use-store', [path, String(USER), ...steps], shell === undefined ? {} : { shell }))
}

/** A path for a store of that process. */
async function userPath(): Promise<string> {
  const path = await temporaryPath()
  if (isRoot) await chown(dirname(path), USER, USER)
  return path
}

import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFileStore } from '../src/create-file-store.ts'
import { folderOf } from '../src/folder.ts'
import { nodePlatform } from '../src/platform.ts'
import { temporaryPath } from './support/folder.ts'
import { movable } from './support/movable.ts'
import { withoutLinks } from './support/platforms.ts'

const DAY_MS = 86_400_000
const OVER_MS = 600_000 + 60_000

test('a folder whose time is over goes with what a killed process left in it, after a minute', async () => {
  const path = await temporaryPath()
  const { store, advance } = movable(path)
  await store.compareAndSet('over', undefined, 'used', { retainMs: DAY_MS })
  const left = join(folderOf(path, 'over'), '1-0d0d.tmp')
  await writeFile(left, 'half')
  await utimes(left, 0, 0)
  advance(DAY_MS + 59_000)
  await store.compareAndSet('other', undefined, 'used', { retainMs: DAY_MS })
  expect(await readdir(path)).toHaveLength(2)
  advance(2_000)
  await store.compareAndSet('third', undefined, 'used', { retainMs: DAY_MS })
  expect(await readdir(path)).toHaveLength(2)
  expect(await store.compareAndSet('over', undefined, 'again')).toMatchObject({ ok: true })
  expect((await store.get('over')).value).toBe('again')
})

test('a folder that somebody is about to write to stays', async () => {
  const path = await temporaryPath()
  const { store, advance } = movable(path)
  await store.compareAndSet('over', undefined, 'used', { retainMs: 0 })
  await writeFile(join(folderOf(path, 'over'), '2-0d0d.tmp'), 'not complete')
  advance(OVER_MS)
  await store.compareAndSet('other', undefined, 'used', { retainMs: DAY_MS })
  expect(await readdir(folderOf(path, 'over'))).toEqual(['1.record', '2-0d0d.tmp'])
})

test('a folder that another process is removing takes no write; one that was killed at it holds none up', async () => {
  const path = await temporaryPath()
  const { store, advance } = movable(path)
  await store.compareAndSet('over', undefined, 'used', { retainMs: 0 })
  const reservation = join(folderOf(path, 'over'), '0.claim')
  await writeFile(reservation, '')
  advance(OVER_MS)
  await store.compareAndSet('other', undefined, 'used', { retainMs: DAY_MS })
  expect(await store.compareAndSet('over', undefined, 'again')).toEqual({ ok: false })
  expect(await readdir(folderOf(path, 'over'))).toEqual(['0.claim', '1.record'])
  await utimes(reservation, 0, 0)
  expect(await store.compareAndSet('over', undefined, 'again')).toMatchObject({ ok: true })
  expect(await readdir(folderOf(path, 'over'))).toEqual(['1.record', '2.record'])
})

test.each([
  ['with hard links', nodePlatform()],
  ['where hard links are refused', withoutLinks()],
])('a sweep leaves the folder to a write that is under way, which wins: %s', async (_, platform) => {
  const path = await temporaryPath()
  const { store, advance } = movable(path)
  await store.compareAndSet('over', undefined, 'used', { retainMs: 0 })
  advance(OVER_MS)
  const slow = createFileStore(path, {
    ...platform,
    async link(from, to) {
      await store.compareAndSet('other', undefined, 'used', { retainMs: DAY_MS })
      await platform.link(from, to)
    },
  })
  expect(await slow.compareAndSet('over', undefined, 'new')).toMatchObject({ ok: true })
  expect((await store.get('over')).value).toBe('new')
})

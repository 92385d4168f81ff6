import { copyFile, mkdir, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isCredentialError } from '@valetkey/core'
import { describe, expect, test } from 'vitest'
import { createFileStore } from '../src/create-file-store.ts'
import { folderOf, recordPath } from '../src/folder.ts'
import { fileStore } from '../src/index.ts'
import { nodePlatform, type Platform } from '../src/platform.ts'
import { sha256 } from '../src/record-text.ts'
import { temporaryPath } from './support/folder.ts'
import { filesOf, valuesOf, writeValues } from './support/records.ts'

describe('a record that cannot be read is reported as record_unreadable and left as it is', () => {
  const FOREIGN: Readonly<Record<string, (file: string, text: string) => Promise<void>>> = {
    'text of something else': (file) => writeFile(file, 'hello\nworld\n\n'),
    'a newer version of the store': (file, text) =>
      writeFile(file, text.replace('valetkey-record 1', 'valetkey-record 2')),
  }

  const DAMAGES: Readonly<Record<string, (file: string, text: string) => Promise<void>>> = {
    'an empty file': (file) => truncate(file, 0),
    'a file cut in its first line': (file) => truncate(file, 20),
    'a file cut in its header': (file) => truncate(file, 150),
    'a file cut in its value': (file, text) => truncate(file, text.length - 1),
    'a file without its value': (file, text) => truncate(file, text.length - 'value 3'.length),
    'a changed value': (file, text) => writeFile(file, text.replace('value 3', 'value 4')),
    'a changed key': (file, text) => writeFile(file, text.replace('"key":"key"', '"key":"kex"')),
    'a file of zeros, as after a power failure': (file, text) => writeFile(file, '\0'.repeat(text.length)),
  }

  test.each([...Object.entries(DAMAGES), ...Object.entries(FOREIGN)])('%s', async (_, damage) => {
    const path = await temporaryPath()
    const version = await spoiled(path, damage)
    await assertUnreadable(path, 'key', version)
  })

  test.each(Object.entries(DAMAGES))('%s is named, and replaced by a write that expects it', async (_, damage) => {
    const path = await temporaryPath()
    await spoiled(path, damage)
    const store = fileStore({ path, keys: [{ id: 'november', key: '0f'.repeat(32) }] })
    const error = await store.get('key').catch((reason: unknown) => reason)
    const file = recordPath(folderOf(path, 'key'), 3)
    expect(error).toMatchObject({ message: expect.stringContaining(`${file} is empty or damaged; restore it`) })
    const version = isCredentialError(error, 'record_unreadable') ? error.damaged?.version : undefined
    const writes = [1, 2, 3].map((value) => store.compareAndSet('key', version, `new ${value}`))
    const won = (await Promise.allSettled(writes)).map((write) => write.status === 'fulfilled' && write.value.ok)
    expect(won.filter(Boolean)).toEqual([true])
    expect((await store.get('key')).value).toBe(`new ${won.indexOf(true) + 1}`)
  })

  test.each(Object.entries(FOREIGN))('%s is named, and nothing takes its place', async (_, damage) => {
    const path = await temporaryPath()
    await spoiled(path, damage)
    const error = await fileStore({ path })
      .get('key')
      .catch((reason: unknown) => reason)
    const file = recordPath(folderOf(path, 'key'), 3)
    expect(error).toMatchObject({
      damaged: undefined,
      message: expect.stringContaining(`${file} is of a newer version`),
    })
  })

  test('null in place of what may be absent is no damage', async () => {
    const path = await temporaryPath()
    await writeValues(fileStore({ path }), 'key', 1)
    const file = recordPath(folderOf(path, 'key'), 1)
    const [, header = '', value = ''] = (await readFile(file, 'utf8')).split('\n')
    const line = JSON.stringify({ ...JSON.parse(header), dropAt: null, addedLater: 'by a newer program' })
    await writeFile(file, `valetkey-record 1 ${sha256(line)}\n${line}\n${value}`)
    expect(await fileStore({ path }).get('key')).toMatchObject({ value: 'value 1' })
  })

  /** Three writes of `key`, the last of which is damaged. Resolves with its version. */
  async function spoiled(path: string, damage: (file: string, text: string) => Promise<void>): Promise<string> {
    const version = await writeValues(fileStore({ path }), 'key', 3)
    const file = recordPath(folderOf(path, 'key'), 3)
    await damage(file, await readFile(file, 'utf8'))
    return version
  }

  test('a record of another key, copied here', async () => {
    const path = await temporaryPath()
    const store = fileStore({ path })
    await writeValues(store, 'other', 1)
    await mkdir(folderOf(path, 'key'), { mode: 0o700 })
    await copyFile(recordPath(folderOf(path, 'other'), 1), recordPath(folderOf(path, 'key'), 1))
    await assertUnreadable(path, 'key', undefined)
  })

  test('an older record, given a new number', async () => {
    const path = await temporaryPath()
    const version = await writeValues(fileStore({ path }), 'key', 3)
    await copyFile(recordPath(folderOf(path, 'key'), 3), recordPath(folderOf(path, 'key'), 4))
    await assertUnreadable(path, 'key', version)
  })

  async function assertUnreadable(path: string, key: string, version: string | undefined): Promise<void> {
    const store = fileStore({ path })
    await store.compareAndSet('another key', undefined, 'fine')
    const before = await filesOf(path, key)
    const attempts = [
      store.get(key),
      store.compareAndSet(key, version, 'new'),
      store.compareAndSet(key, undefined, 'new'),
    ]
    for (const result of await Promise.allSettled(attempts)) {
      expect(result.status === 'rejected' && isCredentialError(result.reason, 'record_unreadable')).toBe(true)
    }
    const seen: string[] = []
    const listing = (async () => {
      for await (const listed of store.list()) seen.push(listed)
    })()
    await expect(listing).rejects.toMatchObject({ code: 'record_unreadable' })
    expect(seen).toContain('another key')
    expect(await filesOf(path, key)).toEqual(before)
  }
})

describe('what is on disk', () => {
  test('only the last record of a key has its value', async () => {
    const path = await temporaryPath()
    await writeValues(fileStore({ path }), 'key', 10)
    expect(await valuesOf(path, 'key')).toEqual(['value 10'])
  })

  test('what a killed process left is removed by the next write', async () => {
    const path = await temporaryPath()
    const store = fileStore({ path })
    const folder = folderOf(path, 'key')
    const killed = createFileStore(path, { ...nodePlatform(), link: copyThen(() => new Promise(() => {})) })
    let version = await writeValues(store, 'key', 1)
    // Killed after it published, before it cleaned up; twice in a row.
    for (const value of ['token of the second', 'token of the third']) {
      void killed.compareAndSet('key', version, value)
      await expect.poll(async () => (await store.get('key')).value).toBe(value)
      version = (await store.get('key')).version ?? ''
    }
    // Killed before it published: its number comes up with the next write.
    await writeFile(join(folder, '4-0d0d.tmp'), 'token of the fourth', { mode: 0o600 })
    await store.compareAndSet('key', version, 'last')
    const files = await filesOf(path, 'key')
    expect(Object.values(files).join()).not.toContain('token')
    expect(Object.keys(files)).toEqual(['1.record', '2.record', '3.record', '4.record'])
  })

  test('the last four records stay, and older ones until they are a minute old', async () => {
    const path = await temporaryPath()
    const store = fileStore({ path })
    const folder = folderOf(path, 'key')
    const version = await writeValues(store, 'key', 8)
    expect(await readdir(folder)).toHaveLength(8)
    for (const number of [1, 2, 3, 5, 6, 7, 8]) await age(recordPath(folder, number), 61)
    await age(recordPath(folder, 4), 30)
    const ninth = await store.compareAndSet('key', version, 'value 9')
    expect((await readdir(folder)).toSorted()).toEqual([4, 5, 6, 7, 8, 9].map((number) => `${number}.record`))
    await age(recordPath(folder, 4), 61)
    await store.compareAndSet('key', ninth.ok ? ninth.version : undefined, 'value 10')
    expect((await readdir(folder)).toSorted()).toEqual(['10.record', ...[7, 8, 9].map((number) => `${number}.record`)])
  })

  test('encrypted, no value and nothing of it shows', async () => {
    const path = await temporaryPath()
    const store = fileStore({ path, keys: [{ id: 'november', key: '0f'.repeat(32) }] })
    await writeValues(store, 'key', 3)
    expect(Object.values(await filesOf(path, 'key')).join()).not.toContain('value 3')
    expect((await store.get('key')).value).toBe('value 3')
    const rotated = fileStore({
      path,
      keys: [
        { id: 'december', key: 'f0'.repeat(32) },
        { id: 'november', key: '0f'.repeat(32) },
      ],
    })
    await rotated.rotateKeys()
    await expect(store.get('key')).rejects.toMatchObject({ code: 'record_unreadable' })
    expect((await rotated.get('key')).value).toBe('value 3')
  })
})

describe('a write that was stopped between its look and its publication', () => {
  test('loses when its number is taken, also when that has been tidied up', async () => {
    const path = await temporaryPath()
    const version = await writeValues(fileStore({ path }), 'key', 3)
    const late = createFileStore(
      path,
      stoppedBefore(() => writeValues(fileStore({ path }), 'key', 2)),
    )
    expect(await late.compareAndSet('key', version, 'late')).toEqual({ ok: false })
    expect(await valuesOf(path, 'key')).toEqual(['value 2'])
  })

  test('cannot win a number that was freed in the meantime, and nobody ever reads what it wrote', async () => {
    const path = await temporaryPath()
    const store = fileStore({ path })
    const version = await writeValues(store, 'key', 3)
    const seen: unknown[] = []
    const late = createFileStore(path, {
      ...nodePlatform(),
      async link(from, to) {
        const text = await readFile(from)
        await moveOn(path, store)
        await writeFile(to, text, { mode: 0o600, flag: 'wx' })
        seen.push((await store.get('key')).value)
      },
    })
    await expect(late.compareAndSet('key', version, 'late')).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(seen).toEqual(['value 6'])
    expect(await valuesOf(path, 'key')).toEqual(['value 6'])
  })
})

test('the time is taken before the read begins', async () => {
  const { clock, link } = nodePlatform()
  let looks = 0
  const now = () => {
    looks += 1
    return looks
  }
  const reading = createFileStore(await temporaryPath(), { clock: { ...clock, now }, link }).get('key')
  expect(looks).toBe(1)
  expect(await reading).toEqual({ now: 1 })
})

test('a version of a directory that was deleted counts for nothing in a new one', async () => {
  const path = await temporaryPath()
  const store = fileStore({ path })
  const version = await writeValues(store, 'key', 2)
  await rm(path, { recursive: true })
  expect(await writeValues(store, 'key', 2)).not.toBe(version)
  expect(await store.compareAndSet('key', version, 'late')).toEqual({ ok: false })
})

test('two keys that UTF-8 cannot tell apart do not read each other', async () => {
  const store = fileStore({ path: await temporaryPath() })
  await writeValues(store, 'key \ud800', 1)
  await expect(store.get('key \ud801')).rejects.toMatchObject({ code: 'record_unreadable' })
  expect((await store.get('key \ud800')).value).toBe('value 1')
})

test('files of others in the directory are no concern of the store', async () => {
  const path = await temporaryPath()
  const store = fileStore({ path })
  await writeValues(store, 'key', 1)
  await writeFile(join(path, '.DS_Store'), '')
  await writeFile(join(folderOf(path, 'key'), '9.record.bak'), '')
  expect(await Array.fromAsync(store.list())).toEqual(['key'])
  expect((await store.get('key')).value).toBe('value 1')
})

test('a tombstone is gone when its time is over, and the version of the next record is a new one', async () => {
  const path = await temporaryPath()
  let now = Date.UTC(2026, 10, 1)
  const { clock, link } = nodePlatform()
  const store = createFileStore(path, { clock: { ...clock, now: () => now }, link })
  const version = await writeValues(store, 'key', 1)
  const removed = await store.compareAndSet('key', version, 'removed', { retainMs: 1000 })
  now += 999
  expect(await store.get('key')).toMatchObject({ now, value: 'removed' })
  now += 1
  expect(await store.get('key')).toEqual({ now })
  expect(await Array.fromAsync(store.list())).toEqual([])
  const again = await store.compareAndSet('key', undefined, 'again')
  expect(again).toMatchObject({ ok: true })
  expect(again).not.toEqual(removed)
  expect(await store.get('key')).toMatchObject({ value: 'again' })
})

function copyThen(afterwards: () => Promise<void>): Platform['link'] {
  return async (from, to) => {
    await copyFile(from, to)
    await afterwards()
  }
}

/** Runs `meanwhile` when the record is complete and about to get its name. */
function stoppedBefore(meanwhile: () => Promise<unknown>): Platform {
  const { clock, link } = nodePlatform()
  return {
    clock,
    async link(from, to) {
      await meanwhile()
      await link(from, to)
    },
  }
}

/** Six more writes, with more than a minute between them. */
async function moveOn(path: string, store: ReturnType<typeof fileStore>): Promise<void> {
  for (let written = 1; written <= 6; written += 1) {
    await writeValues(store, 'key', 1, `value ${written}`)
    const folder = folderOf(path, 'key')
    for (const name of await readdir(folder)) await age(join(folder, name), 61)
  }
}

function age(file: string, seconds: number): Promise<void> {
  const then = Date.now() / 1000 - seconds
  return utimes(file, then, then)
}

import { readFile, utimes, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { createFileStore } from '../src/create-file-store.ts'
import { folderOf, reservationPath } from '../src/folder.ts'
import type { Platform } from '../src/platform.ts'
import { temporaryPath } from './support/folder.ts'
import { withoutLinks } from './support/platforms.ts'
import { filesOf, valuesOf, writeValues } from './support/records.ts'

describe('where hard links are refused', () => {
  test.each(['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EISDIR'])(
    'with %s, numbers are reserved',
    async (code) => {
      const path = await temporaryPath()
      await writeValues(createFileStore(path, withoutLinks(code)), 'key', 3)
      expect(Object.keys(await filesOf(path, 'key'))).toEqual(['1.record', '2.record', '3.record'])
      expect(await valuesOf(path, 'key')).toEqual(['value 3'])
    },
  )

  test('any other failure to link is one, and changes nothing', async () => {
    const path = await temporaryPath()
    const version = await writeValues(createFileStore(path, withoutLinks()), 'key', 1)
    const broken = createFileStore(path, withoutLinks('EIO'))
    await expect(broken.compareAndSet('key', version, 'new')).rejects.toMatchObject({
      code: 'store_unavailable',
      message: '[@valetkey/store-file] EIO: refused, link',
    })
    expect(Object.keys(await filesOf(path, 'key'))).toEqual(['1.record'])
    expect(await valuesOf(path, 'key')).toEqual(['value 1'])
  })

  test('the reservation of a process that died is watched for a second, then passed over and removed', async () => {
    const path = await temporaryPath()
    const platform = impatient()
    const store = createFileStore(path, platform)
    const version = await writeValues(store, 'key', 2)
    await reserve(path, 3, 11)
    const written = await store.compareAndSet('key', version, 'new')
    expect(written).toEqual({ ok: true, version: expect.stringMatching(/^4-/) })
    expect(platform.sleptMs()).toBeGreaterThan(1000)
    expect(Object.keys(await filesOf(path, 'key'))).toEqual(['1.record', '2.record', '4.record'])
    await writeValues(store, 'key', 1, 'next')
    expect(await valuesOf(path, 'key')).toEqual(['next'])
  })

  test('a process that was stopped with its reservation until that was passed over loses', async () => {
    const path = await temporaryPath()
    const version = await writeValues(createFileStore(path, withoutLinks()), 'key', 2)
    const late = createFileStore(path, {
      ...withoutLinks(),
      async link(from, to) {
        const text = await readFile(from)
        await reserve(path, 3, 11)
        await writeValues(createFileStore(path, impatient()), 'key', 1, 'new')
        await writeFile(to, text, { mode: 0o600 })
      },
    })
    expect(await late.compareAndSet('key', version, 'late')).toEqual({ ok: false })
    expect(await valuesOf(path, 'key')).toEqual(['new'])
  })

  test('a reservation that may be alive is waited for, then the write counts as lost', async () => {
    const path = await temporaryPath()
    const store = createFileStore(path, impatient())
    const version = await writeValues(store, 'key', 2)
    await reserve(path, 3, 5)
    expect(await store.compareAndSet('key', version, 'new')).toEqual({ ok: false })
    expect(await store.get('key')).toMatchObject({ version, value: 'value 2' })
  })
})

async function reserve(path: string, number: number, ageSeconds: number): Promise<void> {
  const file = reservationPath(folderOf(path, 'key'), number)
  await writeFile(file, '', { mode: 0o600 })
  const then = Date.now() / 1000 - ageSeconds
  await utimes(file, then, then)
}

/** Its sleeps take no time, and its monotonic clock moves by nothing else. */
function impatient(): Platform & { sleptMs(): number } {
  const { clock, link } = withoutLinks()
  let slept = 0
  return {
    link,
    sleptMs: () => slept,
    clock: {
      ...clock,
      monotonic: () => slept,
      async sleep(ms) {
        slept += ms
      },
    },
  }
}

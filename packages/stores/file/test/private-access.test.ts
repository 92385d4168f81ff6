import { chmod, chown, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { isCredentialError } from '@valetkey/core'
import { describe, expect, test, vi } from 'vitest'
import { folderOf, recordPath } from '../src/folder.ts'
import { fileStore } from '../src/index.ts'
import { temporaryPath } from './support/folder.ts'

const NOBODY = 65_534

describe('the directory', () => {
  test('is created at the first write, for this user only, with all that is in it', async () => {
    const path = join(await temporaryPath(), 'a', 'b')
    const store = fileStore({ path })
    expect(await store.get('key')).toEqual({ now: expect.any(Number) })
    expect(await store.compareAndSet('key', 'a version', 'value')).toEqual({ ok: false })
    expect(await listed(store)).toEqual([])
    await expect(stat(dirname(path))).rejects.toThrow('ENOENT')
    await store.compareAndSet('key', undefined, 'value')
    const folder = folderOf(path, 'key')
    const files = (await readdir(folder)).map((name) => join(folder, name))
    expect(await modesOf([dirname(path), path, folder])).toEqual(['700', '700', '700'])
    expect(await modesOf(files)).toEqual(['600'])
  })

  test('may be below ~/', async () => {
    const home = await temporaryPath()
    vi.stubEnv('HOME', home)
    await fileStore({ path: '~/tokens' }).compareAndSet('key', undefined, 'value')
    vi.unstubAllEnvs()
    expect((await fileStore({ path: join(home, 'tokens') }).get('key')).value).toBe('value')
  })

  test('stays the same when the program changes its working directory', async () => {
    const path = await temporaryPath()
    await mkdir(path, { mode: 0o700 })
    const start = process.cwd()
    const store = fileStore({ path: relative(start, path) })
    vi.spyOn(process, 'cwd').mockReturnValue('/')
    await store.compareAndSet('key', undefined, 'value')
    vi.restoreAllMocks()
    expect(await readdir(path)).toHaveLength(1)
  })

  test.each([0o750, 0o701, 0o720, 0o755])('is refused with mode %o, at construction and at every use', async (mode) => {
    const path = await temporaryPath()
    const store = fileStore({ path })
    await store.compareAndSet('key', undefined, 'value')
    await chmod(path, mode)
    const says = `[@valetkey/store-file] "path" must be closed to other users: run chmod go-rwx '${path}'`
    expect(() => fileStore({ path })).toThrow(says)
    await expect(store.get('key')).rejects.toThrow(says)
    await expect(store.compareAndSet('key', undefined, 'value')).rejects.toThrow(says)
    await expect(listed(store)).rejects.toThrow(says)
    await chmod(path, 0o700)
    expect((await store.get('key')).value).toBe('value')
  })

  test('of another user is refused', async () => {
    const path = await foreignDirectory()
    expect(() => fileStore({ path })).toThrow('"path" must belong to the user who runs this process')
    const link = await temporaryPath()
    await symlink(path, link)
    expect(() => fileStore({ path: link })).toThrow('"path" must belong to the user who runs this process')
  })

  test.each([
    ['where nothing can be made', async () => '/proc/self/x/tokens'],
    [
      'below a file',
      async () => {
        const file = await temporaryPath()
        await writeFile(file, '')
        return join(file, 'tokens')
      },
    ],
    [
      'that is a link to nothing',
      async () => {
        const link = await temporaryPath()
        await symlink(`${link}-nowhere/tokens`, link)
        return link
      },
    ],
    ['whose name is too long', async () => join(await temporaryPath(), 'x'.repeat(300))],
  ])('%s is named as a mistake', async (_, makePath) => {
    const path = await makePath()
    const mistake = { code: 'invalid_option', option: 'path', message: expect.stringContaining(path.slice(0, 12)) }
    const open = async () => fileStore({ path })
    await expect(open().then((store) => store.compareAndSet('key', undefined, 'value'))).rejects.toMatchObject(mistake)
  })

  test('is refused when it is a file', async () => {
    const path = await temporaryPath()
    await writeFile(path, '', { mode: 0o600 })
    expect(() => fileStore({ path })).toThrow('[@valetkey/store-file] "path" must name a directory')
  })
})

test('a record that others may read is refused until it is closed to them', async () => {
  const path = await temporaryPath()
  const store = fileStore({ path })
  await store.compareAndSet('key', undefined, 'value')
  const file = recordPath(folderOf(path, 'key'), 1)
  await chmod(file, 0o640)
  const refusal: unknown = await store.get('key').catch((error: unknown) => error)
  expect(isCredentialError(refusal, 'invalid_option') && refusal.option).toBe('path')
  expect(String(refusal)).toContain(`run chmod go-rwx '${file}'`)
  await chmod(file, 0o600)
  expect((await store.get('key')).value).toBe('value')
})

test.each([
  [undefined, 'is required: pass an options object'],
  [{}, 'is required'],
  [{ path: '' }, 'is required'],
  [{ path: 5 }, 'must be a string, not a number'],
])('options %j are refused', (options, problem) => {
  expect(() => Reflect.apply(fileStore, undefined, [options])).toThrow(`[@valetkey/store-file] "path" ${problem}`)
})

test('keys are checked at construction', async () => {
  const path = await temporaryPath()
  expect(() => fileStore({ path, keys: [] })).toThrow('"keys" must hold at least one key')
})

/** A directory that is somebody else's: one of the system's, unless the tests run as root. */
async function foreignDirectory(): Promise<string> {
  if (process.geteuid?.() !== 0) return '/usr'
  const path = await temporaryPath()
  await mkdir(path, { mode: 0o700 })
  await chown(path, NOBODY, NOBODY)
  return path
}

async function modesOf(paths: readonly string[]): Promise<string[]> {
  return await Promise.all(paths.map(async (path) => ((await stat(path)).mode & 0o777).toString(8)))
}

function listed(store: ReturnType<typeof fileStore>): Promise<string[]> {
  return Array.fromAsync(store.list())
}

import { globSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fileStore } from '@valetkey/store-file'
import { describe, expect, test } from 'vitest'
import { airthingsEnvironment, startAirthings } from './support/airthings.ts'
import { type Cli, createCli } from './support/cli.ts'

const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='
const LOGIN = ['login', 'airthings', '--grant', 'client-credentials']
const REMOVED = 'removed; sign in again with: valetkey login airthings'

describe('a record of a shared store that cannot be read', () => {
  test('and is damaged is reported with its place, and removed only when somebody agrees', async () => {
    const { cli, store, key } = await sharedStore()
    await replace(store, key, '{"v":1,"key":')
    const failed = {
      subject: 'record of airthings (default)',
      state: 'failed',
      detail: expect.stringMatching(
        /^the record of the key \[.*\] is empty, cut off or malformed; .* \(the store file:.*\); or remove it with: valetkey doctor --repair$/,
      ),
    }
    expect(await checksOf(cli, 1, 'doctor')).toContainEqual(failed)
    const unanswered = await cli.run('doctor', '--repair')
    expect(unanswered).toMatchObject({ code: 2, stderr: expect.stringContaining('no terminal to ask at; give --yes') })
    expect(await cli.run('doctor', '--yes')).toMatchObject({ code: 2 })
    expect((await store.get(key)).value).toBe('{"v":1,"key":')
    expect(await checksOf(cli, 0, 'doctor', '--repair', '--yes')).toContainEqual({
      ...failed,
      state: 'warning',
      detail: REMOVED,
    })
    expect((await store.get(key)).value).toBeUndefined()
    expect(await cli.run(...LOGIN)).toMatchObject({ code: 0 })
    expect(await recordsOf(cli, 0, 'doctor', '--repair')).toEqual([])
  })

  test.each([
    ['of a newer version', '{"v":2}', 'was written by a newer version of valetkey'],
    ['of another key', '{"v":1,"key":"other"}', 'belongs to another key'],
    ['encrypted', 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..a.b.c', 'is encrypted'],
    ['of somebody else', 'anything', 'is not a record of valetkey'],
  ])('and is %s is reported and stays, also when somebody signs in', async (_, text, words) => {
    const { cli, store, key } = await sharedStore()
    await replace(store, key, text)
    const [check] = await recordsOf(cli, 1, 'doctor', '--repair', '--yes')
    expect(check).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining(`the record of the key ${key} ${words}`),
    })
    expect(check?.detail).not.toContain('--repair')
    expect(await cli.run(...LOGIN)).toMatchObject({ code: 6, stderr: expect.stringContaining(words) })
    expect((await store.get(key)).value).toBe(text)
  })

  test('and is damaged is replaced by a sign-in and by a sign-out', async () => {
    const { cli, store, key } = await sharedStore()
    for (const command of [LOGIN, ['logout', 'airthings']]) {
      await replace(store, key, '')
      expect(await cli.run(...command)).toMatchObject({ code: 0 })
      expect((await store.get(key)).value).toContain('"v":1')
    }
  })
})

describe('records of this machine whose files are damaged', () => {
  test('are reported with their files; what is removed says who has to sign in again', async () => {
    const { cli } = await signedIn()
    const files = damageAll(cli)
    expect(files.length).toBe(2)
    const reported = await recordsOf(cli, 1, 'doctor')
    expect(
      reported.map(({ detail }) => files.some((file) => detail.includes(`${file} is empty or damaged`))),
    ).toContain(true)
    // The tokens can be found when the account's own record is there again.
    expect((await recordsOf(cli, 1, 'doctor', '--repair', '--yes'))[0]).toMatchObject({
      state: 'warning',
      detail: REMOVED,
    })
    expect(await cli.run(...LOGIN)).toMatchObject({ code: 0 })
    expect(await cli.run('token', 'airthings')).toMatchObject({ code: 0 })
    expect(await recordsOf(cli, 0, 'doctor')).toEqual([])
  })

  test('are replaced by a sign-in', async () => {
    const { cli } = await signedIn()
    damageAll(cli)
    expect(await cli.run('token', 'airthings')).toMatchObject({ code: 6 })
    expect(await cli.run(...LOGIN)).toMatchObject({ code: 0 })
    expect(await cli.run('token', 'airthings')).toMatchObject({ code: 0 })
    expect(await recordsOf(cli, 0, 'doctor')).toEqual([])
  })
})

async function signedIn(env: (cwd: string) => Readonly<Record<string, string>> = () => ({})) {
  const airthings = await startAirthings()
  const bare = createCli({ ...airthingsEnvironment(airthings), VALETKEY_KEY: KEY })
  const cli = bare.with(env(bare.cwd))
  expect(await cli.run(...LOGIN)).toMatchObject({ code: 0 })
  return { cli }
}

async function sharedStore() {
  const { cli } = await signedIn((cwd) => ({ VALETKEY_STORE: pathToFileURL(join(cwd, '..', 'shared')).href }))
  const store = fileStore({ path: join(cli.cwd, '..', 'shared') })
  const keys = await Array.fromAsync(store.list())
  return { cli, store, key: keys.find((key) => key.startsWith('["vk1",')) ?? '' }
}

async function replace(store: ReturnType<typeof fileStore>, key: string, text: string): Promise<void> {
  const { version } = await store.get(key)
  expect(await store.compareAndSet(key, version, text)).toMatchObject({ ok: true })
}

/** Leaves nothing but the first bytes of every newest record. */
function damageAll({ home }: Cli): string[] {
  const newest = new Map<string, string>()
  const numberOf = (file = '0') => Number.parseInt(file.split('/').at(-1) ?? '', 10)
  for (const file of globSync('tokens/*/*.record', { cwd: home })) {
    const folder = join(file, '..')
    if (numberOf(file) > numberOf(newest.get(folder))) newest.set(folder, file)
  }
  const files = [...newest.values()].map((file) => join(home, file))
  for (const file of files) truncateSync(file, 10)
  return files
}

interface Check {
  readonly subject: string
  readonly state: string
  readonly detail: string
}

async function checksOf(cli: Cli, code: number, ...args: readonly string[]): Promise<readonly Check[]> {
  const ended = await cli.run(...args, '--json')
  expect([ended.code, ended.stderr]).toEqual([code, ''])
  return JSON.parse(ended.stdout).checks
}

async function recordsOf(...[cli, code, ...args]: Parameters<typeof checksOf>): Promise<readonly Check[]> {
  const checks = await checksOf(cli, code, ...args)
  return checks.filter(({ subject }) => subject.startsWith('record'))
}

import { existsSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { airthingsEnvironment, startAirthings } from './support/airthings.ts'
import { type Cli, createCli } from './support/cli.ts'

/** Homes in which no folder can be made, also by root. */
const HOMES = ['a file', 'the file system of processes', 'a device'] as const

describe.each(HOMES)('with a home that is %s', (kind) => {
  test('login says at once what cannot be written, and what helps', async () => {
    const { cli, airthings } = await world(kind)
    const login = await cli.start('login', 'airthings', '--grant', 'client-credentials', '--json').ended
    expect(login).toMatchObject({ code: 6, stdout: '' })
    expect(JSON.parse(login.stderr).error).toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/valetkey\/keys cannot be written \(E\w+\); set VALETKEY_HOME to a folder/),
    })
    expect(airthings.tokenCalls()).toBe(0)
  })

  test('client credentials of the environment work, and are not kept', async () => {
    const { cli, airthings } = await world(kind)
    const machine = cli.with({ VALETKEY_AIRTHINGS_GRANT: 'client-credentials' })
    const token = await machine.start('token', 'airthings').ended
    expect(token).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\S+\n$/) })
    expect(token.stderr).toMatch(/^Tokens are not kept: .* cannot be written .*\n$/)
    expect(await machine.start('fetch', `${airthings.baseUrl}/v1/accounts`).ended).toMatchObject({ code: 0 })
    expect((await machine.start('status').ended).stdout).toMatch(/airthings +default +renewable/)
  })

  test('status and doctor say how it is, and nothing is trusted', async () => {
    const { cli } = await world(kind)
    expect(await cli.start('status').ended).toMatchObject({ code: 0 })
    cli.write('valetkey.config.json', { vendors: {} })
    expect((await cli.start('status').ended).stderr).toContain('Ignored: valetkey.config.json')
    expect(await cli.start('trust').ended).toMatchObject({ code: 6, stderr: expect.stringContaining('valetkey/trust') })
    const doctor = await cli.start('doctor').ended
    expect(doctor).toMatchObject({ code: 1, stdout: expect.stringMatching(LOGIN_FAILS('failed')) })
    const machine = cli.with({ VALETKEY_AIRTHINGS_GRANT: 'client-credentials' })
    expect(await machine.start('doctor').ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(LOGIN_FAILS('warning')),
    })
  })
})

describe('client credentials of the environment, with a store of this machine that cannot be used', () => {
  test.each([
    ['no longer has its key', async (cli: Cli) => cli.with({ VALETKEY_KEY: '' })],
    [
      'has a file in place of its folder',
      async (cli: Cli) => {
        rmSync(join(cli.home, 'tokens'), { recursive: true })
        writeFileSync(join(cli.home, 'tokens'), '')
        return cli
      },
    ],
    [
      'has a file in place of the record',
      async (cli: Cli) => {
        for (const folder of globSync(join(cli.home, 'tokens/*'))) {
          rmSync(folder, { recursive: true })
          writeFileSync(folder, '')
        }
        return cli
      },
    ],
  ])('work when it %s, and a line says that nothing is kept', async (_, breakStore) => {
    const airthings = await startAirthings()
    const before = createCli({
      ...airthingsEnvironment(airthings),
      VALETKEY_AIRTHINGS_GRANT: 'client-credentials',
      VALETKEY_KEY: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
    })
    expect(await before.start('token', 'airthings').ended).toMatchObject({ code: 0, stderr: '' })
    const cli = await breakStore(before)
    for (const args of [
      ['token', 'airthings'],
      ['fetch', '-f', `${airthings.baseUrl}/v1/accounts`],
    ]) {
      const ended = await cli.start(...args).ended
      expect(ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Tokens are not kept: .+\n$/) })
    }
    expect(airthings.tokenCalls()).toBe(3)
  })
})

const LOGIN_FAILS = (state: string): RegExp =>
  new RegExp(`^${state} +store +nothing can be stored, so login fails: .* set VALETKEY_HOME to a folder that`, 'm')

test.each([['VALETKEY_HOME'], ['HOME']])('a relative %s is refused, and no folder is made of it', async (name) => {
  const cli = createCli({ VALETKEY_HOME: '', [name]: 'relative' })
  const status = await cli.run('status')
  expect(status).toMatchObject({ code: 2, stderr: expect.stringContaining(`${name} must be an absolute path`) })
  expect(existsSync(join(cli.cwd, 'relative'))).toBe(false)
})

async function world(kind: (typeof HOMES)[number]) {
  const airthings = await startAirthings()
  const cli = createCli(airthingsEnvironment(airthings))
  const file = join(dirname(cli.cwd), 'file')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '')
  const HOME = { 'a file': file, 'the file system of processes': '/proc/self', 'a device': '/dev/null' }[kind]
  return { airthings, cli: cli.with({ VALETKEY_HOME: '', HOME }) }
}

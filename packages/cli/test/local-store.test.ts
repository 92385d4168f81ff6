import { chmodSync, globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { airthingsEnvironment, CLIENT, startAirthings } from './support/airthings.ts'
import { type Cli, createCli } from './support/cli.ts'

const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='
const OTHER_KEY = 'BBECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='

describe('what is kept on this machine', () => {
  test('is in files that only this user may read, and no secret is in them in clear', async () => {
    const { cli } = await signedIn({ VALETKEY_KEY: KEY })
    const { accessToken } = JSON.parse((await cli.run('token', 'airthings', '--json')).stdout)
    const secrets = new RegExp([CLIENT.clientSecret, accessToken, KEY.slice(0, -1)].join('|'))
    const files = filesOf(cli)
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) {
      expect(statSync(file).mode & 0o777).toBe(statSync(file).isDirectory() ? 0o700 : 0o600)
      if (!statSync(file).isDirectory()) expect(readFileSync(file, 'utf8')).not.toMatch(secrets)
    }
  })

  test('is not opened without the key, and never written over with another', async () => {
    const { cli } = await signedIn({ VALETKEY_KEY: KEY })
    const without = await cli.with({ VALETKEY_KEY: '' }).run('token', 'airthings')
    expect(without).toMatchObject({ code: 6, stderr: expect.stringContaining('VALETKEY_KEY, which is not set') })
    const other = cli.with({ VALETKEY_KEY: `other:${OTHER_KEY}` })
    expect(await other.run('token', 'airthings')).toMatchObject({ code: 6 })
    expect(await other.run('login', 'airthings', '--grant', 'client-credentials')).toMatchObject({ code: 6 })
    expect(await cli.run('token', 'airthings')).toMatchObject({ code: 0 })
  })

  test('has its key beside it when there is no other place, and login warns of that', async () => {
    const { login, cli } = await signedIn({})
    expect(login.stderr).toContain('Warning: there is no keychain')
    expect((await cli.run('doctor')).stdout).toMatch(/warning +key +in a private file/)
  })

  test('is refused when others may read it, with the command that helps', async () => {
    const { cli } = await signedIn({})
    chmodSync(join(cli.home, 'tokens'), 0o755)
    const token = await cli.run('token', 'airthings')
    expect(token).toMatchObject({ code: 6, stderr: expect.stringContaining('chmod go-rwx') })
    expect((await cli.run('doctor')).stdout).toMatch(/failed +store +.*chmod go-rwx/)
  })

  test('does not hold a secret that the environment has', async () => {
    const { cli } = await signedIn({ VALETKEY_KEY: KEY })
    const without = cli.with({ VALETKEY_AIRTHINGS_CLIENT_SECRET: '' })
    const token = await without.run('token', 'airthings')
    expect(token).toMatchObject({ code: 2, stderr: expect.stringContaining('set VALETKEY_AIRTHINGS_CLIENT_SECRET') })
  })
})

describe('valetkey rotate-keys', () => {
  test('encrypts everything with a new key; the tokens stay', async () => {
    const { cli, airthings } = await signedIn({})
    const rings = [ringOf(cli)]
    for (const _ of [1, 2]) {
      expect(await cli.run('rotate-keys', '--json')).toMatchObject({
        code: 0,
        stdout: '{"resealed":2,"unreadable":0}\n',
      })
      rings.push(ringOf(cli))
    }
    expect(new Set(rings.map(({ keys: [first] }) => first?.id)).size).toBe(3)
    expect(await cli.run('token', 'airthings')).toMatchObject({ code: 0 })
    expect(airthings.tokenCalls()).toBe(1)
  })

  test('takes the new key from VALETKEY_KEY, after which the old one is not needed', async () => {
    const { cli } = await signedIn({ VALETKEY_KEY: `old:${KEY}` })
    const both = cli.with({ VALETKEY_KEY: `new:${OTHER_KEY},old:${KEY}` })
    expect((await both.run('rotate-keys')).stdout).toBe('Records encrypted again: 2.\n')
    expect(await cli.with({ VALETKEY_KEY: `new:${OTHER_KEY}` }).run('token', 'airthings')).toMatchObject({ code: 0 })
    expect(await cli.run('token', 'airthings')).toMatchObject({ code: 6 })
  })

  test('has nothing to do before the first login', async () => {
    const cli = createCli()
    expect(await cli.run('rotate-keys', '--json')).toMatchObject({ code: 0, stdout: '{"resealed":0,"unreadable":0}\n' })
  })

  test('tells of records that none of the keys opens', async () => {
    const { cli } = await signedIn({ VALETKEY_KEY: `old:${KEY}` })
    const rotated = await cli.with({ VALETKEY_KEY: `new:${OTHER_KEY}` }).run('rotate-keys')
    expect(rotated).toMatchObject({ code: 6, stderr: expect.stringContaining('2 records open with none of the keys') })
  })
})

async function signedIn(env: Readonly<Record<string, string>>) {
  const airthings = await startAirthings()
  const cli = createCli({ ...airthingsEnvironment(airthings), ...env })
  const login = await cli.run('login', 'airthings', '--grant', 'client-credentials')
  expect(login.code).toBe(0)
  return { airthings, cli, login }
}

function filesOf({ home }: Cli): string[] {
  return globSync(['*', '**/*'], { cwd: home }).map((file) => join(home, file))
}

/** The newest record of where the keys are. */
function ringOf({ home }: Cli): { readonly keys: readonly { readonly id: string }[] } {
  const records = globSync('keys/*/*.record', { cwd: home }).map((file) => readFileSync(join(home, file), 'utf8'))
  const rings = records.flatMap((text) => text.split('\n').filter((line) => line.startsWith('{"place"')))
  return JSON.parse(rings[0] ?? '')
}

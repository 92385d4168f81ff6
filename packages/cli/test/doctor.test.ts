import { chmodSync, globSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Account } from '../src/accounts.ts'
import { checkHosts } from '../src/doctor/hosts.ts'
import { createCli } from './support/cli.ts'

const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='
const HOUR_MS = 3_600_000

describe('valetkey doctor', () => {
  test('finds nothing wrong with a machine on which no user has signed in, and leaves it so', async () => {
    const cli = createCli()
    const doctor = await cli.run('doctor')
    expect(doctor).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ok +store +.*nothing is stored yet$/m) })
    expect((await cli.run('doctor')).stdout).toContain('nothing is stored yet')
    expect(readdirSync(dirname(cli.home))).toEqual(['project'])
  })

  test('writes to the store that it checks, and removes what it wrote', async () => {
    const cli = await signedIn(await startHost(Date.now()))
    const recordsBefore = recordsIn(cli.home)
    expect(await cli.run('doctor')).toMatchObject({ code: 0 })
    expect(recordsIn(cli.home)).toEqual(recordsBefore)
    // As a folder in which nothing can be created, for every user.
    renameSync(join(cli.home, 'tokens'), join(cli.home, 'before'))
    writeFileSync(join(cli.home, 'tokens'), '', { mode: 0o600 })
    const doctor = await cli.run('doctor')
    expect(doctor).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^failed +store +.*must name a directory: .*\/tokens is none/m),
    })
  })

  test('finds a folder in which no login could store anything, and says what to do', async () => {
    const cli = createCli({ VALETKEY_HOME: '/dev/null/valetkey' })
    const doctor = await cli.run('doctor')
    expect(doctor).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^failed +store +nothing can be stored, so login fails: .*set VALETKEY_HOME/m),
    })
  })

  test('writes to the shared store too', async () => {
    const cli = createCli()
    const store = `file://${join(cli.cwd, 'tokens')}`
    expect((await cli.run('doctor', '--store', store)).stdout).toMatch(/^ok +shared store +file:\/\/.*tokens$/m)
    const closed = await cli.run('doctor', '--store', 'file:///proc/self/tokens')
    expect(closed).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^failed +shared store +.*give this user the right to read and write there/m),
    })
  })

  test('looks at store, key, permissions, accounts, hosts and clock', async () => {
    const cli = await signedIn(await startHost(Date.now()))
    const { code, stdout } = await cli.run('doctor')
    expect(code).toBe(0)
    for (const line of [
      /^ok +configuration +no valetkey\.config\.json in this folder$/m,
      /^ok +store +\/.*\/home$/m,
      /^ok +permissions +yours alone$/m,
      /^ok +key +VALETKEY_KEY$/m,
      /^ok +bluesonde \(default\) +apiKey, by .*bluesonde$/m,
      /^ok +http:\/\/127\.0\.0\.1:\d+ +answers$/m,
      /^ok +clock +as the clock of http:\/\/127\.0\.0\.1:\d+$/m,
    ]) {
      expect(stdout).toMatch(line)
    }
  })

  test.each([
    ['behind', Date.now() + HOUR_MS],
    ['ahead of', Date.now() - HOUR_MS],
  ])('warns of a clock that is %s the vendor’s', async (direction, date) => {
    const cli = await signedIn(await startHost(date))
    expect((await cli.run('doctor')).stdout).toMatch(
      new RegExp(`^warning +clock +3\\d{3} s ${direction} the clock of`, 'm'),
    )
  })

  test('fails when a host does not answer', async () => {
    const host = await startHost(Date.now())
    const cli = await signedIn(host)
    await host.stop()
    const doctor = await cli.run('doctor', '--json')
    expect(doctor.code).toBe(1)
    expect(JSON.parse(doctor.stdout).checks).toContainEqual({
      subject: host.url,
      state: 'failed',
      detail: 'does not answer (ECONNREFUSED)',
    })
  })

  test('warns of a folder into which others may look', async () => {
    const cli = await signedIn(await startHost(Date.now()))
    chmodSync(cli.home, 0o755)
    expect((await cli.run('doctor')).stdout).toMatch(/^warning +permissions +others may look into it: chmod go-rwx/m)
  })

  test('says which option of an account is missing or wrong', async () => {
    const cli = await signedIn(await startHost(Date.now()))
    const doctor = await cli.with({ VALETKEY_BLUESONDE_BASE_URL: 'nonsense' }).run('doctor')
    expect(doctor).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^failed +bluesonde \(default\) +.*"baseUrl"/m),
    })
  })
})

test('valetkey doctor checks every vendor’s settings', async () => {
  const cli = createCli()
  cli.write('valetkey.config.json', { vendors: { airthings: { api: 'home' } } })
  const doctor = await cli.trusting().run('doctor')
  expect(doctor).toMatchObject({ code: 1, stdout: expect.stringMatching(/^failed +configuration +.*must be one of/m) })
})

test('valetkey doctor asks the hosts that options name, and none for a pattern of origins', async () => {
  const host = await startHost(Date.now())
  const vendor = { description: { hosts: [] } } as unknown as Account['vendor']
  const options = { origins: ['https://*.my.vendor.example', host.url], scopes: ['read'] }
  const { signal } = new AbortController()
  const account = { vendor, options } as unknown as Account
  expect((await checkHosts([account], { signal })).map(({ subject }) => subject)).toEqual([host.url, 'clock'])
})

test('valetkey doctor asks no address that people come back to, and no URL that is only a name', async () => {
  const host = await startHost(Date.now())
  const vendor = { description: { hosts: [host.url] } } as unknown as Account['vendor']
  const options = {
    clientId: 'https://boats.invalid/client.json',
    redirectUri: 'http://127.0.0.1:1/callback',
    resource: ['https://api.invalid/'],
    audience: ['https://audience.invalid/'],
  }
  const { signal } = new AbortController()
  const account = { vendor, options } as unknown as Account
  expect((await checkHosts([account], { signal })).map(({ subject }) => subject)).toEqual([host.url, 'clock'])
})

async function signedIn({ url }: { readonly url: string }) {
  const cli = createCli({
    VALETKEY_KEY: KEY,
    VALETKEY_BLUESONDE_API_KEY: 'key',
    VALETKEY_BLUESONDE_BASE_URL: url,
    VALETKEY_BLUESONDE_ALLOW_INSECURE_REQUESTS: 'true',
  })
  expect(await cli.run('login', 'bluesonde', '--grant', 'api-key')).toMatchObject({ code: 0 })
  return cli
}

/** What files of the store hold, but for those that are to be dropped. */
function recordsIn(home: string): string[] {
  const texts = globSync(join(home, 'tokens/*/*.record')).map((file) => readFileSync(file, 'utf8'))
  return texts.filter((text) => !text.includes('"dropAt"')).toSorted()
}

/** A vendor's host with a clock of its own. */
async function startHost(date: number) {
  const server = createServer((_, response) => response.writeHead(204, { date: new Date(date).toUTCString() }).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  onTestFinished(stop)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop }
}

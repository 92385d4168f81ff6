import { join } from 'node:path'
import * as airthings from '@valetkey/airthings'
import type { Clock, TokenStore } from '@valetkey/core'
import { systemClock } from '@valetkey/core/kit'
import { withCredential } from '@valetkey/fetch'
import type { SignInCredential } from '@valetkey/oauth2'
import { encryptedStore } from '@valetkey/store-encrypted'
import { fileStore } from '@valetkey/store-file'
import { postgresSchema, postgresStore } from '@valetkey/store-postgres'
import { redisStore } from '@valetkey/store-redis'
import { Pool } from 'pg'
import { createClient } from 'redis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { airthingsEnvironment, CLIENT, startAirthings } from './support/airthings.ts'
import { createCli } from './support/cli.ts'
import { describeWith } from './support/needs.ts'
import { INITDB, startPostgres, startRedis } from './support/servers.ts'
import { open, pageOf } from './support/sign-in-page.ts'

const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='
const PASSWORD = 'redis-password-canary'
/** For so long a server remembers that a grant is dead. */
const FAILURE_MEMORY_MS = 1_000

describe('a folder that a server of this host uses', () => {
  test('is seeded by valetkey login, and the server goes on with the tokens', async () => {
    const { cli, airthings: simulator, signIn } = await world()
    const folder = join(cli.cwd, 'tokens')
    await signIn({ VALETKEY_STORE: `file:${folder}` })
    await expectServer(simulator, fileStore({ path: folder }))
  })

  test('gets new tokens for a server that runs, when the vendor has ended the grant', async () => {
    const { cli, airthings: simulator, signIn } = await world()
    const path = join(cli.cwd, 'tokens')
    await signIn({ VALETKEY_STORE: `file:${path}` })
    const machine = systemClock
    let laterMs = 0
    const clock = { ...machine, monotonic: () => machine.monotonic() + laterMs }
    const credential = serverCredential(simulator, fileStore({ path }), clock)
    const request = async () => (await withCredential(fetch, credential)(`${simulator.baseUrl}/v1/accounts`)).status
    expect(await request()).toBe(200)
    simulator.revokeGrants()
    await expect(request()).rejects.toMatchObject({ code: 'reauthorization_required' })
    await signIn({ VALETKEY_STORE: `file:${path}` })
    laterMs = FAILURE_MEMORY_MS
    expect(await request()).toBe(200)
  })

  test('may be encrypted with the server’s key, which can be changed', async () => {
    const { cli, airthings: simulator, signIn } = await world()
    const path = join(cli.cwd, 'tokens')
    const env = { VALETKEY_STORE: `file:${path}`, VALETKEY_STORE_KEY: `2026:${KEY}` }
    await signIn(env)
    await expectServer(simulator, encryptedStore(fileStore({ path }), { keys: [{ id: '2026', key: KEY }] }))
    const newKey = KEY.replace('AAEC', 'BBEC')
    const both = cli.with({ ...env, VALETKEY_STORE_KEY: `2027:${newKey},2026:${KEY}` })
    expect((await both.run('rotate-keys', '--json')).stdout).toMatch(/^{"resealed":[12],"unreadable":0}\n$/)
    await expectServer(simulator, fileStore({ path, keys: [{ id: '2027', key: newKey }] }))
  })

  test('has no keys to change without VALETKEY_STORE_KEY', async () => {
    const { cli } = await world()
    const rotated = await cli.run('rotate-keys', '--store', `file:${join(cli.cwd, 'tokens')}`)
    expect(rotated).toMatchObject({ code: 2, stderr: expect.stringContaining('set VALETKEY_STORE_KEY') })
  })

  test('and the store of this machine keep apart', async () => {
    const { cli, signIn } = await world()
    const VALETKEY_STORE = `file:${join(cli.cwd, 'tokens')}`
    await signIn({ VALETKEY_STORE })
    expect((await cli.run('status')).stderr).toContain('No user has signed in')
    expect((await cli.with({ VALETKEY_STORE }).run('status')).stdout).toMatch(
      /airthings +default +ready .* file:\/\/\//,
    )
    expect(await cli.run('logout', 'airthings', '--store', VALETKEY_STORE)).toMatchObject({ code: 0 })
    expect((await cli.with({ VALETKEY_STORE }).run('status')).stderr).toContain('No user has signed in')
  })
})

describeWith('redis-server', 'sudo apt-get install -y redis-server')('a Redis', () => {
  test('is seeded by valetkey login from a laptop, and a server goes on with the tokens', async () => {
    const { cli, airthings: simulator, signIn } = await world()
    const url = await startRedis(PASSWORD)
    await signIn({ VALETKEY_STORE: `${url}#prefix=app:` })
    const client = createClient({ url })
    await client.connect()
    onTestFinished(() => client.destroy())
    await expectServer(simulator, redisStore(client, { prefix: 'app:' }))
    const status = await cli.run('status', '--store', `${url}#prefix=app:`)
    expect(status.stdout).toMatch(/airthings +default +ready .* redis:\/\/127\.0\.0\.1:\d+#prefix=app:\n/)
    expect(status.stderr).toContain('Other users of this machine can read the password in --store')
    expect(status.stdout + status.stderr).not.toContain(PASSWORD)
    expect((await cli.run('doctor', '--store', url)).stdout).toMatch(/^ok +shared store +redis:\/\/127\.0\.0\.1:\d+$/m)
  })

  test('that cannot be used is told without its password', async () => {
    const { cli } = await world()
    const url = (await startRedis(PASSWORD)).replace(PASSWORD, 'wrong-password-canary')
    for (const address of [url, 'redis://:wrong-password-canary@127.0.0.1:1']) {
      const failed = await cli.with({ VALETKEY_STORE: address }).run('login', 'airthings')
      expect(failed).toMatchObject({ code: 6, stderr: expect.stringContaining('cannot be reached') })
      expect(failed.stderr).not.toContain('canary')
    }
  })
})

describeWith(INITDB, 'sudo apt-get install -y postgresql')('a Postgres', () => {
  test('is seeded by valetkey login from a laptop, and a server goes on with the tokens', async () => {
    const { cli, airthings: simulator, signIn } = await world()
    const url = await startPostgres()
    const pool = new Pool({ connectionString: url })
    onTestFinished(() => pool.end())
    const table = 'app_tokens'
    const missing = await cli.run(
      'login',
      'airthings',
      '--grant',
      'client-credentials',
      '--store',
      `${url}#table=${table}`,
    )
    expect(missing).toMatchObject({ code: 6, stderr: expect.stringContaining(table) })
    await pool.query(postgresSchema(table))
    await signIn({ VALETKEY_STORE: `${url}#table=${table}` })
    await expectServer(simulator, postgresStore(pool, { table }))
  })
})

async function world() {
  const simulator = await startAirthings()
  const cli = createCli(airthingsEnvironment(simulator))
  const signIn = async (env: Readonly<Record<string, string>>) => {
    const login = cli.with(env).start('login', 'airthings')
    await open(simulator.approve(await pageOf(login)))
    expect(await login.ended).toMatchObject({ code: 0 })
  }
  return { cli, airthings: simulator, signIn }
}

type Airthings = Awaited<ReturnType<typeof startAirthings>>

/** A server with this store: what was signed in at the terminal is good there, and is renewed there. */
async function expectServer(simulator: Airthings, store: TokenStore): Promise<void> {
  const credential = serverCredential(simulator, store)
  expect(await credential.status()).toMatchObject({ state: 'ready', renewable: true })
  simulator.revokeAll()
  expect((await withCredential(fetch, credential)(`${simulator.baseUrl}/v1/accounts`)).status).toBe(200)
}

function serverCredential({ baseUrl, tokenUrl }: Airthings, store: TokenStore, clock?: Clock): SignInCredential {
  const redirectUri = 'https://app.example.com/callback'
  const options = { ...CLIENT, baseUrl, tokenUrl, redirectUri, store, clock, allowInsecureRequests: true }
  const credential = airthings.authorizationCode(options)
  onTestFinished(() => credential.close())
  return credential
}

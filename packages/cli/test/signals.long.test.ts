import { spawn } from 'node:child_process'
import { readdirSync, readlinkSync } from 'node:fs'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { fileStore } from '@valetkey/store-file'
import { describe, expect, onTestFinished, test } from 'vitest'
import { airthingsEnvironment, startAirthings } from './support/airthings.ts'
import { type Cli, createCli } from './support/cli.ts'
import { MAIN } from './support/environment.ts'
import { describeWith } from './support/needs.ts'
import { startOAuthVendor } from './support/oauth-vendor.ts'
import { open, pageOf } from './support/sign-in-page.ts'
import { openTerminal } from './support/terminal.ts'

const SIGNALS = [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const

const MACHINE = { VALETKEY_AIRTHINGS_GRANT: 'client-credentials' }

describe.each(SIGNALS)('%s', (signal, code) => {
  test('ends the wait for a person in the browser', async () => {
    const airthings = await startAirthings()
    const login = createCli(airthingsEnvironment(airthings)).start('login', 'airthings')
    await pageOf(login)
    login.child.kill(signal)
    expect(await login.ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(/interrupted\n$/) })
  })

  test('ends the wait for a person at another device', async () => {
    const vendor = await startOAuthVendor({ status: 400, body: { error: 'authorization_pending' } })
    const cli = createCli().trusting()
    cli.write('valetkey.config.json', { vendors: { acme: vendor.settings } })
    const login = cli.start('login', 'acme', '--device')
    await login.printed(/Waiting/)
    login.child.kill(signal)
    expect(await login.ended).toMatchObject({ code, stdout: '' })
  })

  test('ends the wait for a vendor that says nothing when a sign-in begins', async () => {
    const silent = await startSilentServer()
    const cli = createCli().trusting()
    const settings = {
      package: '@valetkey/oauth2',
      issuer: silent.url,
      origins: [silent.url],
      clientId: 'boat-app',
      allowInsecureRequests: true,
    }
    cli.write('valetkey.config.json', { vendors: { acme: settings } })
    const login = cli.with({ VALETKEY_ACME_CLIENT_SECRET: 'secret' }).start('login', 'acme')
    await silent.asked
    login.child.kill(signal)
    expect(await login.ended).toMatchObject({ code, stdout: '' })
  })

  test('ends the wait for another process’s token request, which goes on', async () => {
    const airthings = await startAirthings()
    const release = airthings.hold('token')
    const cli = createCli({ ...airthingsEnvironment(airthings), ...MACHINE })
    const first = cli.start('token', 'airthings')
    await airthings.waitForRequests('token', 1)
    const second = cli.start('token', 'airthings', '--json')
    await watches(second.child.pid)
    second.child.kill(signal)
    expect(await second.ended).toMatchObject({ code, stdout: '' })
    release()
    expect(await first.ended).toMatchObject({ code: 0, stderr: '' })
    expect(airthings.tokenCalls()).toBe(1)
  })

  test('gives the lease back when a token request is not answered', async () => {
    const airthings = await startAirthings()
    const release = airthings.hold('token')
    onTestFinished(release)
    const store = (cli: Cli) => `file://${join(cli.cwd, 'tokens')}`
    const cli = createCli({ ...airthingsEnvironment(airthings), ...MACHINE })
    const token = cli.start('token', 'airthings', '--store', store(cli))
    await airthings.waitForRequests('token', 1)
    expect(await leasesIn(cli)).toEqual([expect.toSatisfy((until: number) => until > Date.now())])
    token.child.kill(signal)
    expect(await token.ended).toMatchObject({ code, stdout: '' })
    for (const until of await leasesIn(cli)) expect(until).toBe(0)
    release()
    expect(await cli.start('token', 'airthings', '--store', store(cli)).ended).toMatchObject({ code: 0 })
  })

  test('stores the tokens of a refresh that is answered yet', async () => {
    const airthings = await startAirthings()
    const cli = createCli(airthingsEnvironment(airthings))
    const login = cli.start('login', 'airthings')
    await open(airthings.approve(await pageOf(login)))
    expect(await login.ended).toMatchObject({ code: 0 })
    airthings.revokeAll()
    const release = airthings.hold('token')
    const fetched = cli.start('fetch', `${airthings.baseUrl}/v1/accounts`)
    await airthings.waitForRequests('token', 2)
    fetched.child.kill(signal)
    release()
    expect(await fetched.ended).toMatchObject({ code, stdout: '' })
    expect(await cli.start('fetch', '-f', `${airthings.baseUrl}/v1/accounts`).ended).toMatchObject({ code: 0 })
    expect(airthings.tokenCalls()).toBe(2)
  })

  test.each([
    ['import', ['import', 'airthings']],
    ['a body', ['fetch', '-d', '@-', 'https://api.example.com/']],
  ])('ends the wait for standard input (%s)', async (_, args) => {
    const airthings = await startAirthings()
    const { cwd, env } = createCli({ ...airthingsEnvironment(airthings) })
    const child = spawn(process.execPath, [MAIN, ...args], { cwd, env, stdio: ['pipe', 'ignore', 'ignore'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const ended = new Promise((resolve) => child.once('close', resolve))
    // More than a pipe holds: its end says that the command reads.
    child.stdin.on('error', () => {})
    await new Promise<void>((resolve) => child.stdin.write('x'.repeat(1_000_000), () => resolve()))
    child.kill(signal)
    expect(await ended).toBe(code)
  })

  test.each([
    ['redis', 'redis'],
    ['postgres', 'postgres'],
  ])('ends the wait for a store that does not answer (%s)', async (_, scheme) => {
    const silent = await startSilentServer()
    const { VALETKEY_HOME: _home, ...env } = createCli().env
    const cli = createCli(env)
    const status = cli.start('status', '--store', `${scheme}://127.0.0.1:${silent.port}/0`)
    await silent.asked
    status.child.kill(signal)
    expect(await status.ended).toMatchObject({ code, stdout: '' })
  })

  test('ends the checks of doctor', async () => {
    const silent = await startSilentServer()
    const cli = createCli({
      VALETKEY_BLUESONDE_GRANT: 'api-key',
      VALETKEY_BLUESONDE_API_KEY: 'key',
      VALETKEY_BLUESONDE_BASE_URL: silent.url,
      VALETKEY_BLUESONDE_ALLOW_INSECURE_REQUESTS: 'true',
    })
    const doctor = cli.start('doctor')
    await silent.asked
    doctor.child.kill(signal)
    expect(await doctor.ended).toMatchObject({ code, stdout: '' })
  })

  test('ends the sign-out that the vendor does not answer', async () => {
    const silent = await startSilentServer()
    const vendor = await startOAuthVendor({ status: 200, body: TOKENS })
    const cli = createCli().trusting()
    cli.write('valetkey.config.json', {
      vendors: { acme: { ...vendor.settings, grant: 'deviceCode', revocationUrl: `${silent.url}/revoke` } },
    })
    expect(await cli.start('login', 'acme').ended).toMatchObject({ code: 0 })
    const logout = cli.start('logout', 'acme')
    await silent.asked
    logout.child.kill(signal)
    expect(await logout.ended).toMatchObject({ code, stdout: '' })
  })
})

const TOKENS = { access_token: 'access-1', token_type: 'Bearer', refresh_token: 'refresh-1', expires_in: 3600 }

describeWith('tmux', 'sudo apt-get install -y tmux')('SIGTERM at a prompt', () => {
  test('leaves the terminal as it was', async () => {
    const terminal = openTerminal({})
    onTestFinished(terminal.close)
    terminal.type("sh -c 'echo pid $$; exec valetkey login flume'; echo ended $?")
    await terminal.shows(/flume client id.*:$/)
    terminal.type('flume-client')
    const shown = await terminal.shows(/client secret \(not shown\):$/)
    process.kill(Number(/^pid (\d+)$/m.exec(shown)?.[1]), 'SIGTERM')
    await terminal.shows(/^ended 143$/m)
    terminal.type('stty -a | grep -q " echo "; echo echoes $?')
    expect(await terminal.shows(/^echoes \d$/m)).toMatch(/^echoes 0$/m)
  })
})

/** The ends of the leases in the shared store `tokens`; 0: given back. */
async function leasesIn({ cwd }: Cli): Promise<number[]> {
  const store = fileStore({ path: join(cwd, 'tokens') })
  const ends: number[] = []
  for await (const key of store.list()) {
    const { value = '' } = await store.get(key)
    for (const [, until] of value.matchAll(/"until":(\d+)/g)) ends.push(Number(until))
  }
  return ends
}

/** Until the process watches the folder of its store, which it does while another one holds the lease. */
async function watches(pid: number | undefined): Promise<void> {
  const folder = `/proc/${pid}/fd`
  const isWatching = (): boolean => readdirSync(folder).some((name) => linkOf(join(folder, name)).includes('inotify'))
  await expect.poll(isWatching, { timeout: 60_000 }).toBe(true)
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** Takes connections and requests, and answers none. */
async function startSilentServer() {
  let ask = (): void => {}
  const asked = new Promise<void>((resolve) => {
    ask = resolve
  })
  const server = createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', ask)
    onTestFinished(() => void socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { port, url: `http://127.0.0.1:${port}`, asked }
}

import { createServer, get } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { simulators } from '@valetkey/testing/simulators'
import { describe, expect, onTestFinished, test } from 'vitest'
import { airthingsEnvironment, startAirthings } from './support/airthings.ts'
import { type Cli, createCli } from './support/cli.ts'
import { open, pageOf, withParameters } from './support/sign-in-page.ts'

const OTHER_STATE = 'state-of-another-sign-in-0000000000000000'

/** The person has consented before, so that the vendor sends the browser back at once; it ends when the page is closed. */
const BROWSER = `#!/usr/bin/env node
const asked = await fetch(process.argv[2])
const [, consent] = /name="consent" value="([^"]*)"/.exec(await asked.text())
const cookie = asked.headers.getSetCookie().map((text) => text.split(';')[0]).join('; ')
const body = new URLSearchParams({ consent, answer: 'allow' })
const back = await fetch(asked.url, { method: 'POST', headers: { cookie }, body })
const { writeFileSync } = await import('node:fs')
writeFileSync('shown', await back.text())
setTimeout(() => {}, 3_000)
`

describe('valetkey login in the browser', () => {
  test('sends the person to the vendor, takes what comes back, and has tokens that are renewed', async () => {
    const { airthings, cli } = await world()
    const login = cli.start('login', 'airthings')
    const page = await pageOf(login)
    expect(page.searchParams.get('code_challenge_method')).toBe('S256')
    expect(page.searchParams.get('redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/)
    expect(await open(airthings.approve(page))).toBe('200 Signed in')
    expect(await login.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Signed in to airthings\./) })
    airthings.clock.advance(10_800_000)
    airthings.revokeAll()
    expect(await cli.run('fetch', `${airthings.baseUrl}/v1/accounts`)).toMatchObject({ code: 0 })
    expect(airthings.tokenCalls('refresh_token')).toBe(1)
  })

  test('works for a public client, and says so when the vendor gives no refresh token', async () => {
    const bluesonde = await simulators.bluesonde({
      clientId: 'boat-app',
      redirectUris: ['http://127.0.0.1:0/callback'],
      anyLoopbackPort: true,
    })
    onTestFinished(() => bluesonde.close())
    const cli = createCli({
      VALETKEY_BLUESONDE_CLIENT_ID: 'boat-app',
      VALETKEY_BLUESONDE_BASE_URL: bluesonde.baseUrl,
      VALETKEY_BLUESONDE_TOKEN_URL: bluesonde.tokenUrl,
      VALETKEY_BLUESONDE_AUTHORIZATION_URL: bluesonde.authorizationUrl,
      VALETKEY_BLUESONDE_ALLOW_INSECURE_REQUESTS: 'true',
    })
    const login = cli.start('login', 'bluesonde', '--scope', 'devices:read')
    await open(bluesonde.approve(await pageOf(login)))
    expect((await login.ended).stdout).toContain('cannot be renewed: then sign in again. Scopes: devices:read.')
    expect((await cli.run('status')).stdout).toMatch(/bluesonde +default +ready +59 min \d+ s +devices:read/)
  })

  test('opens the program that BROWSER names with the address', async () => {
    const { cli } = await world()
    cli.write('browser.sh', '#!/bin/sh\nprintf "%s" "$1" > opened\n')
    const { chmodSync, readFileSync } = await import('node:fs')
    chmodSync(`${cli.cwd}/browser.sh`, 0o700)
    const login = cli.with({ BROWSER: `${cli.cwd}/browser.sh` }).start('login', 'airthings')
    const page = await pageOf(login)
    await login.printed(/open in your browser/)
    expect(readFileSync(`${cli.cwd}/opened`, 'utf8')).toBe(page.href)
  })

  test('takes an answer that comes while the browser is still being opened', async () => {
    const { cli } = await world()
    cli.write('browser.mjs', BROWSER)
    const { chmodSync, readFileSync } = await import('node:fs')
    chmodSync(`${cli.cwd}/browser.mjs`, 0o700)
    const login = cli.with({ BROWSER: `${cli.cwd}/browser.mjs` }).start('login', 'airthings')
    expect(await login.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Signed in to airthings\./) })
    expect(readFileSync(`${cli.cwd}/shown`, 'utf8')).toContain('<h1>Signed in</h1>')
  })

  test.each(['none', '/no/such/browser', 'false'])('prints the address when the browser is %s', async (browser) => {
    const { cli } = await world()
    const login = cli.with({ BROWSER: browser }).start('login', 'airthings')
    const { href } = await pageOf(login)
    const [printed] = await login.printed(/[\s\S]*Open it in a browser on this machine/)
    expect(printed).toContain(href)
  })

  test('a person who denies is told so in the browser and in the terminal', async () => {
    const { airthings, cli } = await world()
    const login = cli.start('login', 'airthings', '--json')
    expect(await open(airthings.deny(await pageOf(login)))).toBe('400 Not signed in')
    const { code, stdout, stderr } = await login.ended
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
      error: { code: 'sign_in_failed', exitCode: 4, message: expect.stringContaining('access_denied') },
    })
    expect((await cli.run('status')).stderr).toContain('No user has signed in')
  })

  test('an answer with the state of another sign-in is refused, and the right one still counts', async () => {
    const { airthings, cli } = await world()
    const login = cli.start('login', 'airthings')
    const callback = airthings.approve(await pageOf(login))
    expect(await open(withParameters(callback, { state: OTHER_STATE }))).toBe('400 Not this sign-in')
    expect(await open(withParameters(callback, { state: undefined }))).toBe('400 Not this sign-in')
    await login.printed(/does not belong to this sign-in/)
    expect(airthings.tokenCalls()).toBe(0)
    expect(await open(callback)).toBe('200 Signed in')
    expect(await login.ended).toMatchObject({ code: 0 })
  })

  test('the same answer twice is one sign-in', async () => {
    const { airthings, cli } = await world()
    const answerTokens = airthings.hold('token')
    const login = cli.start('login', 'airthings')
    const callback = airthings.approve(await pageOf(login))
    const pages = [open(callback), open(callback)]
    await airthings.waitForRequests('token', 1)
    answerTokens()
    const shown = await Promise.allSettled(pages)
    expect(shown[0]).toEqual({ status: 'fulfilled', value: '200 Signed in' })
    expect(shown[1]).not.toMatchObject({ value: '200 Signed in' })
    expect(await login.ended).toMatchObject({ code: 0 })
    expect(airthings.tokenCalls()).toBe(1)
  })

  test('an answer of another issuer ends the sign-in without a token request', async () => {
    const { airthings, cli } = await world()
    const login = cli.start('login', 'airthings')
    const callback = airthings.approve(await pageOf(login))
    expect(await open(withParameters(callback, { iss: 'https://other.example' }))).toBe('400 Not signed in')
    expect(await login.ended).toMatchObject({ code: 4, stderr: expect.stringContaining('another issuer') })
    expect(airthings.tokenCalls()).toBe(0)
  })

  test('an answer without a code says what is missing', async () => {
    const { airthings, cli } = await world()
    const login = cli.start('login', 'airthings')
    await open(withParameters(airthings.approve(await pageOf(login)), { code: undefined }))
    expect(await login.ended).toMatchObject({ code: 4, stderr: expect.stringContaining('no code') })
  })

  test('a vendor that is down while the code is exchanged is told apart from a refusal', async () => {
    const { airthings, cli } = await world()
    const login = cli.start('login', 'airthings')
    const callback = airthings.approve(await pageOf(login))
    airthings.failNext({ on: 'token', status: 503 })
    expect(await open(callback)).toBe('400 Not signed in')
    expect(await login.ended).toMatchObject({ code: 5 })
  })

  test('a sign-in that fails leaves the one before as it was', async () => {
    const { airthings, cli } = await world()
    await signIn(cli, airthings)
    const before = await cli.run('token', 'airthings')
    const again = cli.start('login', 'airthings')
    await open(airthings.deny(await pageOf(again)))
    expect((await again.ended).code).toBe(4)
    expect(await cli.run('token', 'airthings')).toEqual(before)
  })

  test('a grant that the vendor has ended is told by fetch, with what helps', async () => {
    const { airthings, cli } = await world()
    await signIn(cli, airthings)
    airthings.revokeGrants()
    const fetched = await cli.run('fetch', `${airthings.baseUrl}/v1/accounts`)
    expect(fetched).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('valetkey login airthings') })
    await signIn(cli, airthings)
    expect(await cli.run('fetch', `${airthings.baseUrl}/v1/accounts`)).toMatchObject({ code: 0 })
  })

  test('Ctrl-C ends it with exit code 130 and leaves nothing behind', async () => {
    const { airthings, cli } = await world()
    const login = cli.start('login', 'airthings')
    const callback = airthings.approve(await pageOf(login))
    login.child.kill('SIGINT')
    expect(await login.ended).toMatchObject({ code: 130, stdout: '', stderr: expect.stringMatching(/interrupted\n$/) })
    await expect(fetch(callback)).rejects.toThrow('fetch failed')
    expect((await cli.run('status')).stderr).toContain('No user has signed in')
  })

  test('Ctrl-C while the code is exchanged leaves nothing behind either', async () => {
    const { airthings, cli } = await world()
    const release = airthings.hold('token')
    onTestFinished(release)
    const login = cli.start('login', 'airthings')
    const page = open(airthings.approve(await pageOf(login))).catch(() => 'closed')
    await airthings.waitForRequests('token', 1)
    login.child.kill('SIGINT')
    expect(await login.ended).toMatchObject({ code: 130 })
    expect(await page).toBe('closed')
    expect((await cli.run('status')).stderr).toContain('No user has signed in')
  })

  test('two logins at once, of one account or of two, do not disturb each other', async () => {
    const { airthings, cli } = await world()
    const logins = [
      cli.start('login', 'airthings'),
      cli.start('login', 'airthings'),
      cli.start('login', 'airthings', '--account', 'boathouse'),
    ]
    const pages = await Promise.all(logins.map(pageOf))
    expect(await Promise.all(pages.map((page) => open(airthings.approve(page))))).toEqual(
      Array(3).fill('200 Signed in'),
    )
    for (const { code } of await Promise.all(logins.map(({ ended }) => ended))) expect(code).toBe(0)
    const { accounts } = JSON.parse((await cli.run('status', '--json')).stdout)
    expect(accounts).toMatchObject([
      { account: 'boathouse', state: 'ready' },
      { account: 'default', state: 'ready' },
    ])
  })

  test('a port that the vendor has on file and that is in use is told', async () => {
    const { cli } = await world()
    const blocker = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void blocker.close())
    await new Promise((resolve) => blocker.once('listening', resolve))
    const { port } = blocker.address() as AddressInfo
    const login = await cli.run('login', 'airthings', '--redirect-uri', `http://127.0.0.1:${port}/callback`)
    expect(login).toMatchObject({ code: 1, stderr: expect.stringContaining(`port ${port} is in use`) })
  })

  test.each([
    'https://127.0.0.1:8765/callback',
    'http://example.com:8765/callback',
    'http://127.0.0.1/callback',
    'nonsense',
  ])('it does not wait at %s', async (address) => {
    const { cli } = await world()
    const login = await cli.run('login', 'airthings', '--redirect-uri', address)
    expect(login).toMatchObject({ code: 2, stderr: expect.stringContaining('the redirect URI must be like') })
  })
})

describe('the address to which the browser comes back', () => {
  test('answers the one path, by GET, under its own name only', async () => {
    const { airthings, cli } = await world()
    const login = cli.start('login', 'airthings')
    const callback = airthings.approve(await pageOf(login))
    expect(await open(new URL(`/other${callback.search}`, callback))).toBe('404 Nothing here')
    expect(await open(callback, { method: 'POST' })).toBe('405 Nothing here')
    expect(await statusWithHost(callback, 'attacker.example')).toBe(404)
    expect(await statusWithHost(callback, `localhost:${callback.port}`)).toBe(404)
    expect((await fetch(new URL(`/callback?state=${'x'.repeat(1_000_000)}`, callback))).status).toBe(431)
    expect(await open(callback)).toBe('200 Signed in')
    expect(await login.ended).toMatchObject({ code: 0 })
    await expect(fetch(callback)).rejects.toThrow('fetch failed')
  })

  test('is of this machine alone: no other interface takes a connection', async () => {
    const { airthings, cli } = await world()
    const login = cli.start('login', 'airthings')
    const callback = airthings.approve(await pageOf(login))
    expect(await takesConnection('127.0.0.1', callback.port)).toBe(true)
    for (const address of otherAddresses()) {
      expect(`${address}: ${await takesConnection(address, callback.port)}`).toBe(`${address}: false`)
    }
    await open(callback)
    expect(await login.ended).toMatchObject({ code: 0 })
  })

  test('shows nothing of what it was called with, and lets the page tell nobody', async () => {
    const { airthings, cli } = await world()
    const login = cli.start('login', 'airthings')
    const callback = airthings.deny(await pageOf(login))
    const response = await fetch(withParameters(callback, { error_description: '<script>alert(1)</script>' }))
    expect(await response.text()).not.toContain('script')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'referrer-policy': 'no-referrer',
    })
    expect((await login.ended).code).toBe(4)
  })
})

async function world() {
  const airthings = await startAirthings()
  return { airthings, cli: createCli(airthingsEnvironment(airthings)) }
}

async function signIn(cli: Cli, airthings: Awaited<ReturnType<typeof startAirthings>>): Promise<void> {
  const login = cli.start('login', 'airthings')
  await open(airthings.approve(await pageOf(login)))
  expect(await login.ended).toMatchObject({ code: 0 })
}

/** Those of this machine's interfaces, and what every interface would answer at too. */
function otherAddresses(): string[] {
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses)
  const own = interfaces.filter(({ address }) => !address.startsWith('fe80')).map(({ address }) => address)
  const others = [...own, '::1', ...(process.platform === 'linux' ? ['127.0.0.2'] : [])]
  return [...new Set(others)].filter((address) => address !== '127.0.0.1')
}

function takesConnection(host: string, port: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

function statusWithHost(url: URL, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { host } }, (response) => resolve(response.resume().statusCode)).once('error', reject)
  })
}

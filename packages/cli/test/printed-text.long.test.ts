import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { run } from 'valetkey'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createOutput } from '../src/output.ts'
import { printable } from '../src/printable.ts'
import { createCli } from './support/cli.ts'
import { startOAuthVendor } from './support/oauth-vendor.ts'

/** Sets a title, clears, colours; goes back in the line, deletes; turns the direction; begins lines. */
const STEERING =
  '\u001b]0;x\u0007\u001b[2J\u009b31m\r\b\u007f\u202e\u2066\u200b\ufeff\u2028\u2029\u{e0041}\nvaletkey: forged'
const SHOWN =
  '\\u001b]0;x\\u0007\\u001b[2J\\u009b31m\\u000d\\u0008\\u007f\\u202e\\u2066\\u200b\\ufeff\\u2028\\u2029\\udb40\\udc41\\u000avaletkey: forged'
const UNSAFE = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]|^valetkey: forged/mu

test('a text is shown as it is but for what could steer a terminal', () => {
  expect(printable('Jürgen 🚤 – 東京 "a\\b"')).toBe('Jürgen 🚤 – 東京 "a\\b"')
  expect(printable(STEERING)).toBe(SHOWN)
})

test.each(['result', 'note', 'error', 'head', 'question'] as const)(
  'a command’s %s steers no terminal',
  async (kind) => {
    for (const asJson of [false, true]) {
      const { output, printed } = recorder(asJson)
      if (kind === 'result' || kind === 'error') output[kind]({ text: STEERING }, STEERING)
      else output[kind](STEERING)
      const all = await printed()
      expect(all).toMatch(/u202e/)
      expect(all).not.toMatch(UNSAFE)
      if (asJson && (kind === 'result' || kind === 'error')) expect(JSON.parse(all)).toEqual({ text: STEERING })
    }
  },
)

describe('what a vendor answers', () => {
  test('as scopes is escaped by login and status, and as JSON says it with --json', async () => {
    const { cli } = await world({
      access_token: 'access-1',
      token_type: 'Bearer',
      expires_in: 600,
      scope: `read${STEERING}`,
    })
    const login = await cli.start('login', 'acme', '--account', `a${STEERING}`).ended
    const status = await cli.start('status').ended
    const json = await cli.start('status', '--json').ended
    for (const { code, stdout, stderr } of [login, status, json]) {
      expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: expect.stringContaining('\\u001b[2J') })
      expect(stdout + stderr).not.toMatch(UNSAFE)
    }
    const { accounts } = JSON.parse(json.stdout)
    expect(accounts[0].account).toBe(`a${STEERING}`)
    expect(accounts[0].scopes.join(' ')).toContain('\u001b[2J\u009b31m')
    // The head, this account, and the default one that the configuration describes.
    expect(status.stdout.trimEnd().split('\n')).toHaveLength(3)
  })

  test.each([
    ['an error’s description', { error: 'invalid_client', error_description: `bad${STEERING}` }],
    ['an error’s code', { error: `x${STEERING}`, error_description: 'x' }],
  ])('as %s is escaped', async (_, body) => {
    const { cli } = await world(body, 400)
    for (const flags of [[], ['--json']]) {
      const login = await cli.start('login', 'acme', ...flags).ended
      expect(login.code).not.toBe(0)
      expect(login.stdout + login.stderr).not.toMatch(UNSAFE)
    }
  })

  test('as a code to type in, and where to, is escaped', async () => {
    const { cli } = await world({ error: 'expired_token' }, 400, {
      user_code: `AB${STEERING}`,
      verification_uri: `https://login.example/v?${STEERING}`,
      verification_uri_complete: `https://login.example/w?${STEERING}`,
    })
    const { stderr } = await cli.start('login', 'acme', '--device').ended
    expect(stderr).not.toMatch(UNSAFE)
  })
})

describe('valetkey fetch prints an answer', () => {
  test('to a file or a pipe byte by byte, but for the lines of --include', async () => {
    const { cli, url } = await api()
    const { stdout } = await cli.start('fetch', '-i', `${url}/boats`).ended
    const [head = '', body] = stdout.split('\n\n')
    expect(head).toContain('x-name: \\u009b31m')
    expect(head).not.toMatch(UNSAFE)
    expect(body).toBe(BODY)
  })

  test('to a terminal with its lines and tabs, and escapes for all else', async () => {
    const { cli, url } = await api()
    expect(await inTerminal(cli, 'fetch', `${url}/boats`)).toBe('a\tb\n\\u001b[2J\\u009b31m\\u000dc \\u202e é\n')
    expect(await inTerminal(cli, 'fetch', `${url}/lines`)).toBe('one\ntwo\n\\u000d\n')
  })
})

const BODY = 'a\tb\r\n\u001b[2J\u009b31m\rc \u202e é'

/** An API whose answer comes in pieces that split a character and a line end. */
async function api() {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'x-name': '\u009b31m' })
    const bytes = Buffer.from(request.url === '/lines' ? 'one\r\ntwo\n\r' : BODY)
    const cuts = [0, bytes.indexOf('\r') + 1, bytes.indexOf(0xc3) + 1 || bytes.length - 1, bytes.length]
    const pieces = cuts.slice(1).map((cut, index) => bytes.subarray(cuts[index], cut))
    const write = (index: number): void => {
      const piece = pieces[index]
      if (piece === undefined) return void response.end()
      response.write(piece, () => setImmediate(() => write(index + 1)))
    }
    write(0)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const cli = createCli({
    VALETKEY_BLUESONDE_GRANT: 'api-key',
    VALETKEY_BLUESONDE_API_KEY: 'sk_test_0123456789abcdef',
    VALETKEY_BLUESONDE_BASE_URL: url,
    VALETKEY_BLUESONDE_ALLOW_INSECURE_REQUESTS: 'true',
  })
  return { cli, url }
}

async function inTerminal({ cwd, env }: ReturnType<typeof createCli>, ...args: readonly string[]): Promise<string> {
  const [stdout, stderr] = [Object.assign(new PassThrough(), { isTTY: true }), new PassThrough()]
  const shown = text(stdout)
  const { signal } = new AbortController()
  expect(await run(args, { env, cwd, stdin: Readable.from([]), stdout, stderr: stderr.resume(), signal })).toBe(0)
  stdout.end()
  return await shown
}

function recorder(asJson: boolean) {
  const stream = new PassThrough()
  const printed = async (): Promise<string> => {
    stream.end()
    return await text(stream)
  }
  return { output: createOutput({ stdout: stream, stderr: stream }, asJson), printed }
}

/** A standard vendor with this token answer, and its settings in an allowed folder. */
async function world(body: object, status = 200, device: object = {}) {
  const vendor = await startOAuthVendor({ status, body, device })
  const cli = createCli({ VALETKEY_ACME_CLIENT_SECRET: 'acme-secret' }).trusting()
  cli.write('valetkey.config.json', { vendors: { acme: { ...vendor.settings, grant: 'clientCredentials' } } })
  return { cli, vendor }
}

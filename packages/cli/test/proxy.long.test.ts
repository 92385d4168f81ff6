import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { findLeaks } from '@valetkey/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { airthingsEnvironment, startAirthings } from './support/airthings.ts'
import { type Cli, createCli, type Running } from './support/cli.ts'
import { open, pageOf } from './support/sign-in-page.ts'

const API_KEY = 'sk_test_0123456789abcdef'

describe('valetkey proxy', () => {
  test('sends method, path, query, headers and body as they come, with the credential of the account', async () => {
    const { api, at } = await world()
    const answer = await fetch(at('/boats?x=1&y=%20'), {
      method: 'PATCH',
      headers: { 'x-trace': 'a:b', 'content-type': 'application/json' },
      body: '{"name":"Robin"}',
    })
    expect([answer.status, answer.headers.get('x-boats'), await answer.text()]).toEqual([200, '2', 'hello\n'])
    expect(api.requests).toMatchObject([
      {
        line: 'PATCH /boats?x=1&y=%20',
        headers: {
          authorization: `Bearer ${API_KEY}`,
          host: new URL(api.url).host,
          'x-trace': 'a:b',
          'content-type': 'application/json',
          'content-length': '16',
        },
        body: '{"name":"Robin"}',
      },
    ])
  })

  test('puts its credential in place of the caller’s, and sends nothing that is of the caller’s connection', async () => {
    const { api, at } = await world()
    await exchange(at('/boats'), {
      authorization: 'Bearer of-the-caller',
      cookie: 'session=of-another-port',
      referer: at('/page'),
      connection: 'keep-alive, x-hop',
      'x-hop': '1',
      te: 'trailers',
      'proxy-authorization': 'Basic eA==',
      'x-own': '2',
    })
    const [{ headers } = { headers: {} as IncomingHttpHeaders }] = api.requests
    expect(headers).toMatchObject({ authorization: `Bearer ${API_KEY}`, 'x-own': '2' })
    for (const name of ['cookie', 'referer', 'x-hop', 'te', 'proxy-authorization'])
      expect(headers).not.toHaveProperty(name)
  })

  test('answers without what is of the API’s connection, without cookies and without CORS', async () => {
    const { at } = await world()
    const answer = await exchange(at('/headers'))
    expect(answer).toMatchObject({ status: 200, headers: { 'x-kept': '1', link: '</boats?page=2>; rel="next"' } })
    for (const name of ['access-control-allow-origin', 'set-cookie', 'x-hop', 'strict-transport-security', 'alt-svc'])
      expect(answer.headers).not.toHaveProperty(name)
  })

  test('answers what an API compressed unasked as it was before', async () => {
    const { at } = await world()
    const answer = await exchange(at('/compressed'))
    expect(answer.headers).not.toHaveProperty('content-encoding')
    expect(answer.body).toBe('hello\n')
  })

  test('answers redirects, those to a covered origin as an address of its own', async () => {
    const { api, at, url } = await world()
    const locationOf = async (path: string) => (await exchange(at(path))).headers.location
    expect(await locationOf('/redirect?to=/boats%3Fx=1')).toBe(at('/boats?x=1'))
    expect(await locationOf(`/redirect?to=${encodeURIComponent(`${api.url}/boats`)}`)).toBe(at('/boats'))
    expect(await locationOf('/redirect?to=https://elsewhere.example/boats')).toBe('https://elsewhere.example/boats')
    expect(await (await fetch(at('/redirect?to=/boats'))).text()).toBe('hello\n')
    expect(at('/').startsWith(`${url}/http/127.0.0.1:`)).toBe(true)
  })

  test('streams answers and bodies as they come', async () => {
    const { api, at } = await world()
    const call = httpRequest(at('/echo'), { method: 'POST' })
    const answered = new Promise<IncomingMessage>((resolve) => call.once('response', resolve))
    call.write('first')
    const answer = await answered
    const chunks = answer[Symbol.asyncIterator]()
    expect(String((await chunks.next()).value)).toBe('first')
    call.write('second')
    expect(String((await chunks.next()).value)).toBe('second')
    call.end()
    expect((await chunks.next()).done).toBe(true)
    expect(api.requests).toMatchObject([{ line: 'POST /echo', headers: { 'transfer-encoding': 'chunked' } }])
  })

  test('ends the request at the API when the caller leaves', async () => {
    const { api, at } = await world()
    const call = httpRequest(at('/silent'))
    call.on('error', () => {})
    call.end()
    const { left } = await api.silent
    call.destroy()
    expect(await left).toBe('left')
  })
})

describe('valetkey proxy refuses', () => {
  test.each([
    ['another secret', (url: string) => url.replace(/\/[\w-]{43}\//, `/${'x'.repeat(43)}/`), {}, 404, 'not_found'],
    ['no secret', (url: string) => url.replace(/\/[\w-]{43}\//, '/'), {}, 404, 'not_found'],
    ['an address without one of an API', (url: string) => url.replace(/\/http\/.*/, '/'), {}, 400, 'address_missing'],
    ['a user name in the address', (url: string) => url.replace('/http/', '/http/user@'), {}, 400, 'address_missing'],
    ['the name of another host', (url: string) => url, { host: 'attacker.example' }, 403, 'host_refused'],
    ['the name of another port', (url: string) => url, { host: '127.0.0.1:1' }, 403, 'host_refused'],
    ['a page in a browser', (url: string) => url, { origin: 'https://attacker.example' }, 403, 'browser_refused'],
    ['a form in a browser', (url: string) => url, { 'sec-fetch-site': 'cross-site' }, 403, 'browser_refused'],
    [
      'an origin that no account covers',
      (url: string) => url.replace(/http\/.*/, 'https/api.example.com/'),
      {},
      403,
      'uncovered_origin',
    ],
    [
      'another port of the host',
      (url: string) => url.replace(/(http\/127\.0\.0\.1):\d+/, '$1:1'),
      {},
      403,
      'uncovered_origin',
    ],
  ] as const)('%s', async (_, change, headers, status, code) => {
    const { api, at } = await world()
    const answer = await exchange(change(at('/boats')), headers)
    expect(answer).toMatchObject({ status, headers: { 'valetkey-error': code } })
    expect(JSON.parse(answer.body).error.code).toBe(code)
    expect(api.requests).toEqual([])
  })

  test('connections of other machines', async () => {
    const { url } = await world()
    const addresses = Object.values(networkInterfaces()).flatMap((list = []) =>
      list.filter(({ internal }) => !internal),
    )
    for (const { address } of addresses) {
      const error = await new Promise((resolve) => {
        const socket = connect({ host: address, port: Number(new URL(url).port) })
        socket.once('error', resolve)
        socket.once('connect', () => resolve(undefined))
      })
      expect(error).toBeInstanceOf(Error)
    }
    expect(new URL(url).hostname).toBe('127.0.0.1')
  })

  test('a change of the protocol, and a body that fetch does not send', async () => {
    const { api, at } = await world()
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(at('/')).port) })
    socket.write(
      `GET ${new URL(at('/boats')).pathname} HTTP/1.1\r\nhost: ${new URL(at('/')).host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`,
    )
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 501 /)
    expect(await exchange(at('/boats'), { 'content-length': '1' }, 'x')).toMatchObject({ status: 400 })
    expect(api.requests).toEqual([])
  })

  test('ports that are none, ports in use, and accounts that are not signed in', async () => {
    const { cli, url } = await world()
    expect(await cli.start('proxy', 'bluesonde', '--port', '70000').ended).toMatchObject({ code: 2 })
    const inUse = await cli.start('proxy', 'bluesonde', '--port', new URL(url).port, '--json').ended
    expect(inUse).toMatchObject({ code: 1, stderr: expect.stringContaining('"code":"port_in_use"') })
    expect(await createCli().start('proxy', 'bluesonde', '--account', 'other').ended).toMatchObject({ code: 3 })
    expect(await createCli().start('proxy').ended).toMatchObject({ code: 2 })
  })
})

describe('valetkey proxy and tokens', () => {
  test('a refused request is sent again with a new token, also with a body of up to 1 MiB', async () => {
    const { airthings, at } = await signedIn()
    for (const init of [{}, { method: 'POST', body: 'x'.repeat(100_000) }]) {
      expect((await fetch(at('/v1/accounts'), init)).status).not.toBe(401)
      airthings.revokeAll()
      expect((await fetch(at('/v1/accounts'), init)).status).not.toBe(401)
    }
    expect(airthings.tokenCalls()).toBe(3)
  })

  test('the refusal of a body that is longer is the caller’s, and the next request has the new token', async () => {
    const { airthings, at } = await signedIn()
    airthings.revokeAll()
    const body = 'x'.repeat(3_000_000)
    expect((await fetch(at('/v1/accounts'), { method: 'POST', body })).status).toBe(401)
    expect((await fetch(at('/v1/accounts'))).status).toBe(200)
  })

  test('an account that somebody has to sign in for is told to the caller and at the terminal, once', async () => {
    const { airthings, at, proxy } = await signedIn()
    airthings.revokeGrants()
    for (const _ of [1, 2]) {
      const answer = await exchange(at('/v1/accounts'))
      expect(answer).toMatchObject({ status: 502, headers: { 'valetkey-error': 'reauthorization_required' } })
    }
    proxy.child.kill('SIGTERM')
    const { stderr } = await proxy.ended
    expect(stderr.match(/airthings: .*/g)).toHaveLength(1)
  })

  test('no token is in what it prints, and the secret of its address once', async () => {
    const { airthings, at, proxy, url } = await signedIn()
    await exchange(at('/v1/accounts'))
    await exchange(at('/v1/accounts').replace(/http\/.*/, 'https/api.example.com/'))
    const sent = airthings.requests.map(({ headers }) => headers.authorization?.replace('Bearer ', '') ?? '')
    proxy.child.kill('SIGTERM')
    const { stdout, stderr } = await proxy.ended
    const secret = new URL(url).pathname.slice(1)
    expect(`${stdout}${stderr}`.split(secret)).toHaveLength(2)
    const secrets = sent.filter(Boolean)
    expect(secrets.length).toBeGreaterThan(0)
    expect(findLeaks(`${stdout}${stderr}`, secrets)).toEqual([])
  })

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('%s ends it in the middle of a request, and frees the port', async (signal, code) => {
    const { api, at, proxy, url } = await world()
    const call = exchange(at('/silent')).catch(() => 'cut')
    await api.silent
    proxy.child.kill(signal)
    expect(await proxy.ended).toMatchObject({ code })
    expect(await call).toBe('cut')
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })
})

describe('valetkey proxy without a vendor', () => {
  test('takes the account that covers the address, of several the default one, and says which there are', async () => {
    const first = await startApi()
    const cli = await withAccounts(first.url, ['default', 'work'])
    const proxy = await startProxy(cli, [])
    expect((await exchange(`${proxy.url}/http/${new URL(first.url).host}/boats`)).status).toBe(200)
    expect(first.requests).toMatchObject([{ headers: { authorization: 'Bearer token-of-default' } }])
    const work = await startProxy(cli, ['--account', 'work'])
    await exchange(`${work.url}/http/${new URL(first.url).host}/boats`)
    expect(first.requests).toMatchObject([{}, { headers: { authorization: 'Bearer token-of-work' } }])
  })

  test('refuses an address that several accounts cover, none of which is the default one', async () => {
    const api = await startApi()
    const proxy = await startProxy(await withAccounts(api.url, ['home', 'work']), [])
    const answer = await exchange(`${proxy.url}/http/${new URL(api.url).host}/boats`)
    expect(answer).toMatchObject({ status: 403, headers: { 'valetkey-error': 'ambiguous_account' } })
    expect(answer.body).toContain('acme (home), acme (work)')
  })
})

interface Seen {
  readonly line: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

async function world() {
  const api = await startApi()
  const cli = createCli({
    VALETKEY_BLUESONDE_API_KEY: API_KEY,
    VALETKEY_BLUESONDE_BASE_URL: api.url,
    VALETKEY_BLUESONDE_ALLOW_INSECURE_REQUESTS: 'true',
    VALETKEY_BLUESONDE_GRANT: 'api-key',
  })
  const proxy = await startProxy(cli, ['bluesonde'])
  return { api, cli, ...proxy, at: (path: string) => `${proxy.url}/http/${new URL(api.url).host}${path}` }
}

async function signedIn() {
  const airthings = await startAirthings()
  const cli = createCli(airthingsEnvironment(airthings))
  const login = cli.start('login', 'airthings')
  await open(airthings.approve(await pageOf(login)))
  expect(await login.ended).toMatchObject({ code: 0 })
  const proxy = await startProxy(cli, ['airthings'])
  return { airthings, ...proxy, at: (path: string) => `${proxy.url}/http/${new URL(airthings.baseUrl).host}${path}` }
}

/** A person with accounts of a vendor, whose tokens name them. */
async function withAccounts(origin: string, accounts: readonly string[]): Promise<Cli> {
  const cli = createCli().trusting()
  const settings = {
    package: '@valetkey/oauth2',
    origins: [origin],
    clientId: 'boat-app',
    tokenUrl: `${origin}/token`,
    deviceAuthorizationUrl: `${origin}/device`,
    allowInsecureRequests: true,
  }
  cli.write('valetkey.config.json', { vendors: { acme: settings } })
  for (const account of accounts) {
    const tokens = JSON.stringify({ accessToken: `token-of-${account}` })
    expect(await cli.runWith(tokens, 'import', 'acme', '--grant', 'device-code', '--account', account)).toMatchObject({
      code: 0,
    })
  }
  return cli
}

/** The running command, and the address that it prints. */
async function startProxy(
  cli: Cli,
  args: readonly string[],
): Promise<{ readonly proxy: Running; readonly url: string }> {
  const proxy = cli.start('proxy', ...args)
  const url = await new Promise<string>((resolve, reject) => {
    let printed = ''
    proxy.child.stdout?.on('data', (chunk: string) => {
      printed += chunk
      if (printed.includes('\n')) resolve(printed.trim())
    })
    void proxy.ended.then(({ stderr }) => reject(new Error(stderr)))
  })
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/)
  return { proxy, url }
}

/** A request with any headers, also those that fetch does not let through. */
async function exchange(url: string, headers: Readonly<Record<string, string>> = {}, body?: string) {
  const call = httpRequest(url, { headers })
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    call.once('response', resolve).once('error', reject)
    call.end(body)
  })
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) }
}

async function startApi() {
  const requests: Seen[] = []
  let askSilent: (left: Promise<string>) => void = () => {}
  /** Resolves when `/silent` is asked, with what resolves when the caller has left. */
  const silent = new Promise<{ readonly left: Promise<string> }>((resolve) => {
    askSilent = (left) => resolve({ left })
  })
  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://api')
    const seen = { line: `${request.method} ${request.url}`, headers: request.headers }
    if (pathname === '/silent')
      return askSilent(new Promise((resolve) => response.once('close', () => resolve('left'))))
    if (pathname === '/echo') {
      requests.push({ ...seen, body: '' })
      return void request.pipe(response)
    }
    requests.push({ ...seen, body: await text(request) })
    if (pathname === '/redirect') response.writeHead(302, { location: searchParams.get('to') ?? '' })
    if (pathname === '/compressed') {
      return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('hello\n'))
    }
    if (pathname === '/headers') {
      response.writeHead(200, {
        'access-control-allow-origin': '*',
        'set-cookie': 'session=1',
        'strict-transport-security': 'max-age=1',
        'alt-svc': 'h3=":443"',
        connection: 'close, x-hop',
        'x-hop': '1',
        'x-kept': '1',
        link: '</boats?page=2>; rel="next"',
      })
    }
    if (!response.headersSent) response.setHeader('x-boats', '2')
    response.end('hello\n')
  }
  const server = createServer((request, response) => void reply(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, requests, silent }
}

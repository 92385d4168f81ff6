import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createCli } from './support/cli.ts'

const API_KEY = 'sk_test_0123456789abcdef'

describe('valetkey fetch', () => {
  test('sends method, headers and body as they are given, with the credential', async () => {
    const { cli, api } = await world()
    const sent = await cli.run(
      'fetch',
      `${api.url}/boats?x=1`,
      '-X',
      'PUT',
      '-H',
      'X-Trace: a:b',
      '-d',
      '{"name":"Robin"}',
    )
    expect(sent).toEqual({ code: 0, stdout: 'hello\n', stderr: '' })
    expect(api.requests).toEqual([
      {
        line: 'PUT /boats?x=1',
        authorization: `Bearer ${API_KEY}`,
        type: 'application/json',
        trace: 'a:b',
        body: '{"name":"Robin"}',
      },
    ])
  })

  test('takes a body to be a form unless it is JSON, sends it by POST, and reads it from a file', async () => {
    const { cli, api } = await world()
    cli.write('body.txt', 'name=Robin&boat=Petrel')
    await cli.run('fetch', `${api.url}/boats`, '-d', '@body.txt')
    expect(api.requests).toMatchObject([
      { line: 'POST /boats', type: 'application/x-www-form-urlencoded', body: 'name=Robin&boat=Petrel' },
    ])
    const absent = await cli.run('fetch', `${api.url}/boats`, '-d', '@absent.txt')
    expect(absent).toMatchObject({ code: 2, stderr: expect.stringContaining('absent.txt cannot be read') })
  })

  test('prints what the API answers to a refusal; --fail makes it an exit code', async () => {
    const { cli, api } = await world()
    const plain = await cli.run('fetch', `${api.url}/missing`)
    expect(plain).toEqual({ code: 0, stdout: 'no such boat\n', stderr: 'HTTP 404\n' })
    expect((await cli.run('fetch', '--fail', `${api.url}/missing`)).code).toBe(7)
  })

  test('shows status and headers with --include, and all as one object with --json', async () => {
    const { cli, api } = await world()
    const included = await cli.run('fetch', '-i', `${api.url}/boats`)
    expect(included.stdout).toMatch(/^HTTP 200 OK\n(.+\n)*x-boats: 2\n(.+\n)*\nhello\n$/)
    const { status, headers, body } = JSON.parse((await cli.run('fetch', '--json', `${api.url}/boats`)).stdout)
    expect({ status, body, boats: headers['x-boats'] }).toEqual({ status: 200, body: 'hello\n', boats: '2' })
  })

  test('proves the key of a token that is bound to one, with VALETKEY_<VENDOR>_DPOP', async () => {
    const seen: string[] = []
    const server = createServer((request, response) => {
      request.resume()
      const { authorization = '', dpop } = request.headers
      const isBound = dpop !== undefined
      seen.push([request.method, authorization, isBound].join(' '))
      const tokens = { access_token: 'bound-token', token_type: isBound ? 'DPoP' : 'Bearer', expires_in: 600 }
      response.setHeader('content-type', 'application/json').end(JSON.stringify(tokens))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const cli = createCli({
      VALETKEY_SPOTIFY_GRANT: 'client-credentials',
      VALETKEY_SPOTIFY_CLIENT_ID: 'boat-app',
      VALETKEY_SPOTIFY_CLIENT_SECRET: 'secret',
      VALETKEY_SPOTIFY_BASE_URL: url,
      VALETKEY_SPOTIFY_TOKEN_URL: `${url}/token`,
      VALETKEY_SPOTIFY_ALLOW_INSECURE_REQUESTS: 'true',
      VALETKEY_SPOTIFY_DPOP: 'true',
    })
    expect(await cli.run('fetch', '--fail', `${url}/albums`)).toMatchObject({ code: 0 })
    expect(seen.at(-1)).toBe('GET DPoP bound-token true')
    const acme = createCli({ VALETKEY_ACME_CLIENT_SECRET: 'secret' }).trusting()
    const options = { origins: [url], tokenUrl: `${url}/token`, clientId: 'boat-app', dpop: true }
    const kind = { package: '@valetkey/oauth2', grant: 'clientCredentials', allowInsecureRequests: true }
    acme.write('valetkey.config.json', { vendors: { acme: { ...kind, ...options } } })
    expect(await acme.run('fetch', '--fail', `${url}/boats`)).toMatchObject({ code: 0 })
    expect(seen.at(-1)).toBe('GET DPoP bound-token true')
    const { code, stderr } = await cli.with({ VALETKEY_SPOTIFY_DPOP: 'yes' }).run('token', 'spotify')
    expect([code, stderr]).toEqual([2, 'valetkey: VALETKEY_SPOTIFY_DPOP must be "true" or "false"\n'])
  })

  test('sends nothing to a host that no credential covers', async () => {
    const { cli } = await world()
    const other = await startApi()
    const refused = await cli.run('fetch', `${other.url}/boats`)
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`covers ${other.url}; nothing was sent`) })
    expect(other.requests).toEqual([])
  })

  test.each(['boats', 'ftp://example.com', 'http://user:password@127.0.0.1/'])(
    '%s is no address for it',
    async (url) => {
      expect(await createCli().run('fetch', url)).toMatchObject({ code: 2 })
    },
  )

  test('asks which account is meant when several cover the address and none is the default', async () => {
    const { cli, api } = await world(['north', 'south'])
    const open = await cli.run('fetch', `${api.url}/boats`)
    expect(open).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('bluesonde (north), bluesonde (south) cover'),
    })
    expect((await cli.run('fetch', `${api.url}/boats`, '--account', 'south')).code).toBe(0)
    await cli.run('login', 'bluesonde', '--grant', 'api-key')
    expect((await cli.run('fetch', `${api.url}/boats`)).code).toBe(0)
  })

  test('tells an API that cannot be reached from a sign-in that is missing', async () => {
    const { cli, api } = await world()
    await api.stop()
    const failed = await cli.run('fetch', `${api.url}/boats`)
    expect(failed).toMatchObject({ code: 5, stderr: expect.stringContaining('cannot be reached (ECONNREFUSED)') })
  })

  test('ends quietly when its reader leaves', async () => {
    const { cli, api } = await world()
    const running = cli.start('fetch', `${api.url}/endless`)
    running.child.stdout?.once('data', () => running.child.stdout?.destroy())
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' })
  })

  test('ends at Ctrl-C in the middle of an answer', async () => {
    const { cli, api } = await world()
    const running = cli.start('fetch', `${api.url}/endless`)
    running.child.stdout?.once('data', () => running.child.kill('SIGINT'))
    expect((await running.ended).code).toBe(130)
  })

  test('an account whose settings are wrong does not keep the others from being used', async () => {
    const { cli, api } = await world()
    cli.write('valetkey.config.json', {
      vendors: { m2m: { grant: 'clientCredentials', baseUrl: 'nonsense', clientId: 'x' } },
    })
    const env = { VALETKEY_M2M_CLIENT_SECRET: 'm2m-secret' }
    const sent = await cli.trusting().with(env).run('fetch', `${api.url}/boats`)
    expect(sent).toMatchObject({ code: 0, stderr: expect.stringContaining('"baseUrl"') })
  })
})

interface Seen {
  readonly line: string
  readonly authorization: string | undefined
  readonly type: string | undefined
  readonly trace: string | undefined
  readonly body: string
}

async function world(accounts: readonly string[] = ['default']) {
  const api = await startApi()
  const cli = createCli({
    VALETKEY_BLUESONDE_API_KEY: API_KEY,
    VALETKEY_BLUESONDE_BASE_URL: api.url,
    VALETKEY_BLUESONDE_ALLOW_INSECURE_REQUESTS: 'true',
  })
  for (const account of accounts) {
    const login = await cli.run('login', 'bluesonde', '--grant', 'api-key', '--account', account)
    expect(login.code).toBe(0)
  }
  return { api, cli }
}

async function startApi() {
  const requests: Seen[] = []
  const server = createServer((request, response) => {
    void describeRequest(request).then((seen) => requests.push(seen))
    if (request.url === '/endless') return void response.write('x'.repeat(1_000_000))
    response.setHeader('x-boats', '2').statusCode = request.url === '/missing' ? 404 : 200
    response.end(request.url === '/missing' ? 'no such boat\n' : 'hello\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  onTestFinished(stop)
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, requests, stop }
}

async function describeRequest(request: IncomingMessage): Promise<Seen> {
  const { method, url, headers } = request
  const { authorization, 'content-type': type, 'x-trace': trace } = headers
  return { line: `${method} ${url}`, authorization, type, trace: trace?.toString(), body: await text(request) }
}

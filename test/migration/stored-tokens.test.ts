import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import axios from 'axios'
import { refreshToken } from 'axios-oauth-client'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { loadProgram } from '../workspace/examples/program.ts'

interface Before {
  readonly rows: Map<string, string>
  boats(user: string): Promise<Response>
}

interface After {
  move(user: string, row: string): Promise<void>
  boats(user: string): Promise<Response>
}

/** What the programs have stored: an access token that is over, and a refresh token. */
const SNAKE = {
  access_token: 'over',
  refresh_token: 'refresh-0',
  token_type: 'bearer',
  expires_at: '2020-01-01T00:00:00Z',
}
const CAMEL = { accessToken: 'over', refreshToken: 'refresh-0' }
const ROWS: Readonly<Record<string, object>> = {
  'simple-oauth2': SNAKE,
  'passport-oauth2-refresh': CAMEL,
  'client-oauth2': SNAKE,
  arctic: { ...CAMEL, expiresAt: Date.UTC(2020, 0) },
}

beforeEach(() => {
  vi.stubEnv('ACME_CLIENT_ID', 'harbour-office')
  vi.stubEnv('ACME_CLIENT_SECRET', 'example-secret')
})

describe.each(Object.entries(ROWS))('the programs of migrate-from-%s.md', (name, row) => {
  test('before: the library refreshes the stored token, once for each request', async () => {
    const vendor = await startVendor()
    const { rows, boats } = (await program(name, 'The program before', vendor.origin)) as Before
    rows.set('robin', JSON.stringify(row))
    const answers = await Promise.all(Array.from({ length: 5 }, () => boats('robin')))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(vendor.refreshed).toEqual(Array.from({ length: 5 }, () => 'refresh-0'))
    expect(rows.get('robin')).toContain('refresh-')
    expect((await boats('robin')).status).toBe(200)
    expect(vendor.refreshed).toHaveLength(5)
  })

  test('after: the stored token comes along, and one refresh serves all requests', async () => {
    const vendor = await startVendor()
    const { move, boats } = (await program(name, 'The program after', vendor.origin)) as After
    await move('robin', JSON.stringify(row))
    expect(vendor.refreshed).toEqual([])
    const answers = await Promise.all(Array.from({ length: 5 }, () => boats('robin')))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    await move('robin', JSON.stringify(row))
    expect((await boats('robin')).status).toBe(200)
    expect(vendor.refreshed).toEqual(['refresh-0'])
  })
})

test('axios-oauth-client: its refresh gives what importTokens takes', async () => {
  const { origin, refreshed } = await startVendor()
  const refresh = refreshToken(axios.create(), `${origin}/oauth/token`, 'id', 'secret')
  const { access_token, refresh_token, expires_in } = await refresh('refresh-0')
  expect({ access_token, refresh_token, expires_in }).toEqual({
    access_token: 'access-1',
    refresh_token: 'refresh-1',
    expires_in: 3600,
  })
  const { move, boats } = (await program('client-oauth2', 'The program after', origin)) as After
  const expires_at = Date.now() + expires_in * 1000
  await move('robin', JSON.stringify({ access_token, refresh_token, expires_at }))
  expect((await boats('robin')).status).toBe(200)
  expect(refreshed).toEqual(['refresh-0'])
})

/** The program of the document, with the loopback vendor instead of the vendor. */
function program(name: string, heading: string, origin: string): Promise<unknown> {
  return loadProgram(`docs/migrate-from-${name}.md`, heading, (code) =>
    code
      .replaceAll(/https:\/\/(?:login|api)\.example\.com/g, origin)
      .replace("vendor: 'acme',", "vendor: 'acme', allowInsecureRequests: true,"),
  )
}

/** Its refresh tokens may be used again, so that the libraries' parallel refreshes succeed. */
async function startVendor(): Promise<{ readonly origin: string; readonly refreshed: string[] }> {
  const refreshed: string[] = []
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = new URLSearchParams(await text(request))
    const answer = (status: number, json: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
    if (request.url === '/boats') {
      const [, number = ''] = /^Bearer access-(\d+)$/.exec(request.headers.authorization ?? '') ?? []
      return answer(number === '' ? 401 : 200, {})
    }
    const refreshToken = body.get('refresh_token') ?? ''
    if (!/^refresh-\d+$/.test(refreshToken)) return answer(400, { error: 'invalid_grant' })
    const count = refreshed.push(refreshToken)
    const tokens = { access_token: `access-${count}`, refresh_token: `refresh-${count}` }
    return answer(200, { ...tokens, token_type: 'bearer', expires_in: 3600 })
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, refreshed }
}

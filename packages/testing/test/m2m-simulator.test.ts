import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'

import { virtualClock } from '../src/index.ts'
import { type M2mSimulator, type M2mSimulatorOptions, m2mSimulator } from '../src/simulators/index.ts'

const CLIENT = { clientId: 'sim-client', clientSecret: 'sim-secret' }
const GRANT = { grant_type: 'client_credentials' }

async function start(options: Partial<M2mSimulatorOptions> = {}): Promise<M2mSimulator> {
  const m2m = await m2mSimulator({ ...CLIENT, ...options })
  onTestFinished(() => m2m.close())
  return m2m
}

function basic(text: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` }
}

const SIGNED = basic('sim-client:sim-secret')

function post(m2m: M2mSimulator, headers: Record<string, string> = SIGNED, fields: Record<string, string> = GRANT) {
  return fetch(m2m.tokenUrl, { method: 'POST', headers, body: new URLSearchParams(fields) })
}

async function tokenOf(m2m: M2mSimulator): Promise<string> {
  const { access_token }: { access_token: string } = await (await post(m2m)).json()
  return access_token
}

async function read(m2m: M2mSimulator, path: string, token: string): Promise<Response> {
  return fetch(m2m.baseUrl + path, { headers: { authorization: `Bearer ${token}` } })
}

describe('m2m simulator: token endpoint', () => {
  test('Basic and a form give a token for an hour, no refresh token and no scope', async () => {
    const answer = await post(await start())
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ token_type: 'Bearer', expires_in: 3600, access_token: expect.any(String) })
  })

  test('a token looks like the page’s: padded standard Base64, with + and / and = in it', async () => {
    const m2m = await start()
    const [one, two] = [await tokenOf(m2m), await tokenOf(m2m)]
    expect(one).toMatch(/^(?=.*\+)(?=.*\/)[\w+/]+=$/)
    expect(one).not.toBe(two)
  })

  test('a token is a JWT with the switch on', async () => {
    const m2m = await start({ tokenFormat: 'jwt', clock: virtualClock({ now: 1_800_000_000_500 }) })
    const token = await tokenOf(m2m)
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256' })
    expect(decodeJwt(token)).toMatchObject({ sub: 'sim-client', iat: 1_800_000_000, exp: 1_800_003_600 })
    expect((await read(m2m, '/v1/ping', token)).status).toBe(200)
  })

  test.each([
    ['no Authorization header', {}],
    ['a wrong secret', basic('sim-client:wrong')],
    ['an unknown client', basic('other:sim-secret')],
    ['no colon', basic('sim-client')],
    ['Basic without Base64', { authorization: 'Basic sim-client:sim-secret' }],
    ['another scheme', { authorization: SIGNED.authorization?.replace('Basic', 'Bearer') ?? '' }],
  ])('%s is answered 401', async (_, headers) => {
    const answer = await post(await start(), headers)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="api"'])
  })

  test('id and secret in the body do not replace the header', async () => {
    const fields = { ...GRANT, client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret }
    const m2m = await start({ refusesBodyCredentials: false })
    expect((await post(m2m, {}, fields)).status).toBe(401)
    expect((await post(m2m, SIGNED, fields)).status).toBe(200)
  })

  test('id or secret in addition to the header are a bad request', async () => {
    const m2m = await start()
    const statuses = [{ client_id: 'sim-client' }, { client_secret: 'sim-secret' }].map(async (more) => {
      return (await post(m2m, SIGNED, { ...GRANT, ...more })).status
    })
    expect(await Promise.all(statuses)).toEqual([400, 400])
  })

  test.each([
    ['empty', null, ''],
    ['text', 'text/plain;charset=UTF-8', 'Unauthorized'],
    ['json', 'application/json', '{"error":"invalid_client"}'],
  ] as const)('the body of a 401 may be %s', async (unauthorizedBody, type, body) => {
    const answer = await post(await start({ unauthorizedBody }), basic('sim-client:wrong'))
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([401, type, body])
  })

  test('a JSON body and another grant are bad requests', async () => {
    const { tokenUrl } = await start()
    const json = { method: 'POST', headers: { ...SIGNED, 'content-type': 'application/json' } }
    const answers = await Promise.all([
      fetch(tokenUrl, { ...json, body: JSON.stringify(GRANT) }),
      fetch(tokenUrl, { method: 'POST', headers: SIGNED, body: new URLSearchParams({ grant_type: 'password' }) }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([400, 400])
    const errors = await Promise.all(answers.map((answer) => answer.json()))
    expect(errors).toEqual([{ error: 'invalid_request' }, { error: 'unsupported_grant_type' }])
  })

  test('id and secret are taken as they are, or form-decoded with the switch on', async () => {
    const client = { clientId: 'käpt’n & co', clientSecret: '100%+' }
    const plain = basic('käpt’n & co:100%+')
    const encoded = basic('k%C3%A4pt%E2%80%99n+%26+co:100%25%2B')
    const strict = await start(client)
    expect([(await post(strict, plain)).status, (await post(strict, encoded)).status]).toEqual([200, 401])
    const decoding = await start({ ...client, basicEncoding: 'form-urlencoded' })
    expect([(await post(decoding, plain)).status, (await post(decoding, encoded)).status]).toEqual([401, 200])
  })

  test('the path of the token endpoint can be another one', async () => {
    const m2m = await start({ tokenPath: '/auth/token' })
    expect(new URL(m2m.tokenUrl).pathname).toBe('/auth/token')
    expect(await tokenOf(m2m)).toMatch(/=$/)
    expect(m2m.tokenCalls('client_credentials')).toBe(1)
  })
})

describe('m2m simulator: API', () => {
  test('a good token reads the items', async () => {
    const m2m = await start()
    const answer = await read(m2m, '/v1/items', await tokenOf(m2m))
    expect(await answer.json()).toMatchObject({
      items: [{ id: 'item-1', name: 'Life jackets', quantity: 12 }, {}, {}],
      total: 3,
    })
    expect(await (await read(m2m, '/v1/ping', await tokenOf(m2m))).json()).toEqual({ status: 'ok' })
  })

  test.each(['base64', 'jwt'] as const)('an expired token of the format %s is answered 401', async (tokenFormat) => {
    const m2m = await start({ tokenFormat, expiresIn: 2, clock: virtualClock() })
    const token = await tokenOf(m2m)
    m2m.clock.advance(1999)
    expect((await read(m2m, '/v1/ping', token)).status).toBe(200)
    m2m.clock.advance(1)
    expect((await read(m2m, '/v1/ping', token)).status).toBe(401)
  })

  test('a token that was changed on its way is answered 401', async () => {
    const m2m = await start()
    const token = await tokenOf(m2m)
    for (const changed of ['', encodeURIComponent(token), token.replaceAll('+', ' '), token.slice(0, -1)]) {
      expect((await read(m2m, '/v1/ping', changed)).status).toBe(401)
    }
  })

  test('what the account may not use is answered 403, and only to a good token', async () => {
    const m2m = await start({ forbiddenPaths: ['/v1/items'] })
    const token = await tokenOf(m2m)
    const statuses = ['/v1/items', '/v1/ping', '/v1/other'].map(async (path) => (await read(m2m, path, token)).status)
    expect(await Promise.all(statuses)).toEqual([403, 200, 404])
    expect((await read(m2m, '/v1/items', 'forged')).status).toBe(401)
  })
})

import { describe, expect, test } from 'vitest'

import { virtualClock } from '../src/index.ts'
import {
  basic,
  CHALLENGE,
  CLIENT,
  errorOf,
  exchanging,
  type Fields,
  post,
  REDIRECT_URI,
  read,
  refreshing,
  SIGNED,
  start,
  type Tokens,
  tokens,
  VERIFIER,
} from './bluesonde-requests.ts'

describe('Bluesonde simulator: client authentication', () => {
  test('auth host and API host are two servers', async () => {
    const { baseUrl, tokenUrl } = await start()
    expect(new URL(tokenUrl).origin).not.toBe(baseUrl)
    expect(new URL(tokenUrl).pathname).toBe('/oauth2/token')
  })

  test('the parameters count in the form body only: the page’s query is not read', async () => {
    const bluesonde = await start()
    const fields = refreshing(bluesonde.plantGrant())
    const url = `${bluesonde.tokenUrl}?${new URLSearchParams(fields)}`
    const inQuery = fetch(url, { method: 'POST', headers: SIGNED, body: new URLSearchParams() })
    expect(await errorOf(inQuery)).toEqual([400, 'invalid_request'])
    const asJson = { ...SIGNED, 'content-type': 'application/json' }
    const inJson = fetch(bluesonde.tokenUrl, { method: 'POST', headers: asJson, body: JSON.stringify(fields) })
    expect(await errorOf(inJson)).toEqual([400, 'invalid_request'])
    expect((await post(bluesonde, fields)).status).toBe(200)
  })

  test('id and secret in the header are form-decoded after Base64', async () => {
    const bluesonde = await start({ clientId: 'a:b c', clientSecret: '100%+' })
    const fields = () => refreshing(bluesonde.plantGrant())
    expect((await post(bluesonde, fields(), basic('a%3Ab+c:100%25%2B'))).status).toBe(200)
    expect(await errorOf(post(bluesonde, fields(), basic('a%3Ab+c:100%+')))).toEqual([400, 'invalid_request'])
    expect(await errorOf(post(bluesonde, fields(), basic('a:b c:100%25%2B')))).toEqual([401, 'invalid_client'])
  })

  test('the header without Base64, as the page writes it, is none', async () => {
    const bluesonde = await start()
    const headers = { authorization: 'Basic sim-client:sim-secret' }
    expect(await errorOf(post(bluesonde, refreshing(bluesonde.plantGrant()), headers))).toEqual([
      400,
      'invalid_request',
    ])
  })

  const inBody = { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret }

  test.each([
    ['a wrong secret', {}, basic('sim-client:wrong'), {}],
    ['an unknown client', {}, basic('other:sim-secret'), {}],
    ['the secret in the body of a client registered for the header', {}, {}, inBody],
    ['both', {}, SIGNED, inBody],
    ['no secret of a client that has one', {}, {}, { client_id: CLIENT.clientId }],
    [
      'the header for a client registered for the body',
      { clientAuthentication: 'client_secret_post' } as const,
      SIGNED,
      {},
    ],
    ['a secret of a client that has none', { clientSecret: undefined }, {}, inBody],
  ])('%s: 401 invalid_client, and no cache keeps it', async (_, options, headers, fields) => {
    const bluesonde = await start({ ...CLIENT, ...options })
    const answer = post(bluesonde, { ...refreshing(bluesonde.plantGrant()), ...fields }, headers)
    expect((await answer).headers.get('cache-control')).toBe('no-store')
    expect(await errorOf(answer)).toEqual([401, 'invalid_client'])
  })

  test('a client registered for the body, and one without a secret, say who they are in the body', async () => {
    const inBodyOnly = await start({ ...CLIENT, clientAuthentication: 'client_secret_post' })
    expect((await post(inBodyOnly, { ...refreshing(inBodyOnly.plantGrant()), ...inBody }, {})).status).toBe(200)
    const open = await start({ clientId: CLIENT.clientId })
    const named = { ...refreshing(open.plantGrant()), client_id: CLIENT.clientId }
    expect((await post(open, named, {})).status).toBe(200)
    expect(await errorOf(post(open, refreshing(open.plantGrant()), {}))).toEqual([400, 'invalid_request'])
  })

  test.each([
    [{ grant_type: 'client_credentials' }, 'unsupported_grant_type'],
    [{ scope: 'devices:read' }, 'invalid_request'],
  ])('%j is answered 400 %s', async (fields, error) => {
    expect(await errorOf(post(await start(), fields as Fields))).toEqual([400, error])
  })
})

describe('Bluesonde simulator: codes', () => {
  test('a code gives tokens once; a second use revokes them', async () => {
    const bluesonde = await start()
    const code = bluesonde.issueCode(REDIRECT_URI)
    const answer = await post(bluesonde, exchanging(code))
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const issued = (await answer.json()) as Tokens
    expect(issued).toEqual({
      access_token: expect.stringMatching(/^ory_at_[\w-]{43}\.[\w-]{43}$/),
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^ory_rt_/),
      scope: 'devices:read offline_access',
      token_type: 'bearer',
    })
    expect((await read(bluesonde, issued.access_token)).status).toBe(200)
    expect(await errorOf(post(bluesonde, exchanging(code)))).toEqual([400, 'invalid_grant'])
    expect((await read(bluesonde, issued.access_token)).status).toBe(401)
    expect(await errorOf(post(bluesonde, refreshing(issued.refresh_token)))).toEqual([400, 'invalid_grant'])
  })

  test('without offline_access there is no refresh token', async () => {
    const bluesonde = await start()
    const code = bluesonde.issueCode(REDIRECT_URI, { scopes: ['devices:read'] })
    expect(await tokens(post(bluesonde, exchanging(code)))).not.toHaveProperty('refresh_token')
    expect(() => bluesonde.plantGrant(['devices:read'])).toThrow(RangeError)
  })

  test('the redirect URI must be repeated exactly, and be registered', async () => {
    const bluesonde = await start()
    const fields = exchanging(bluesonde.issueCode(REDIRECT_URI), { redirect_uri: `${REDIRECT_URI}/` })
    expect(await errorOf(post(bluesonde, fields))).toEqual([400, 'invalid_grant'])
    expect(() => bluesonde.issueCode('https://evil.example.com/')).toThrow(RangeError)
  })

  test('a code lasts ten minutes', async () => {
    const bluesonde = await start({ ...CLIENT, clock: virtualClock() })
    const code = bluesonde.issueCode(REDIRECT_URI)
    bluesonde.clock.advance(600_000)
    expect(await errorOf(post(bluesonde, exchanging(code)))).toEqual([400, 'invalid_grant'])
  })

  test('PKCE: a challenge wants its verifier', async () => {
    const bluesonde = await start({ clientId: CLIENT.clientId })
    const exchange = (fields: Fields) => {
      const code = bluesonde.issueCode(REDIRECT_URI, { codeChallenge: CHALLENGE })
      return post(bluesonde, exchanging(code, { client_id: CLIENT.clientId, ...fields }), {})
    }
    expect((await exchange({ code_verifier: VERIFIER })).status).toBe(200)
    for (const wrong of ['', VERIFIER.slice(1), `${VERIFIER}a`, CHALLENGE, `${VERIFIER}/`, 'a'.repeat(129)]) {
      expect(await errorOf(exchange({ code_verifier: wrong }))).toEqual([400, 'invalid_grant'])
    }
  })

  test('PKCE: a verifier without a challenge is refused, and a public client needs a challenge', async () => {
    const bluesonde = await start()
    const code = bluesonde.issueCode(REDIRECT_URI)
    expect(await errorOf(post(bluesonde, exchanging(code, { code_verifier: VERIFIER })))).toEqual([
      400,
      'invalid_grant',
    ])
    const open = await start({ clientId: CLIENT.clientId })
    expect(() => open.issueCode(REDIRECT_URI)).toThrow(RangeError)
  })
})

import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'

import { answerPage, locationOf, openPage, textOf } from './sign-in-simulator/person.ts'
import { bluesondeWorld, CHALLENGE, STATE, VERIFIER } from './sign-in-simulator/vendors.ts'

describe('Bluesonde simulator: sign-in', () => {
  test('the page is on the host of the token endpoint', async () => {
    const { authorizationUrl, tokenUrl } = (await bluesondeWorld()).simulator
    expect(authorizationUrl).toBe(tokenUrl.replace('/token', '/auth'))
  })

  test('a state of seven characters is sent back as invalid_state, one of eight is good', async () => {
    const { pageUrl, simulator } = await bluesondeWorld()
    const errorOf = (state: string | undefined) => simulator.approve(pageUrl({ state })).searchParams.get('error')
    expect(errorOf('1234567')).toBe('invalid_state')
    expect(errorOf(undefined)).toBe('invalid_state')
    expect(errorOf('12345678')).toBeNull()
  })

  test('the response type must be named', async () => {
    const { pageUrl, simulator } = await bluesondeWorld()
    const { searchParams } = simulator.approve(pageUrl({ response_type: undefined }))
    expect(searchParams.get('error')).toBe('unsupported_response_type')
  })

  test('the callback URL tells the scopes; only who asked for offline_access gets a refresh token', async () => {
    const { pageUrl, simulator, exchange } = await bluesondeWorld()
    const { searchParams } = simulator.approve(pageUrl({ scope: 'devices:read' }))
    expect(Object.fromEntries(searchParams)).toEqual({
      keep: ' me',
      code: expect.stringMatching(/^ory_ac_/),
      scope: 'devices:read',
      state: STATE,
    })
    const tokens = await (await exchange(searchParams.get('code'))).json()
    expect(tokens).toMatchObject({ scope: 'devices:read' })
    expect(tokens).not.toHaveProperty('refresh_token')
  })

  test('an application without a secret must send a challenge, and gets tokens for the verifier alone', async () => {
    const { pageUrl, simulator, exchange } = await bluesondeWorld({ clientSecret: undefined })
    expect(simulator.approve(pageUrl()).searchParams.get('error')).toBe('invalid_request')
    const challenge = { code_challenge: CHALLENGE, code_challenge_method: 'S256' }
    const code = simulator.approve(pageUrl(challenge)).searchParams.get('code')
    expect((await exchange(code, { code_verifier: VERIFIER })).status).toBe(200)
  })

  test('without an application there is nothing to consent to', async () => {
    const { pageUrl } = await bluesondeWorld({ apiKey: 'sk_test_key', clientId: undefined })
    expect((await openPage(pageUrl())).status).toBe(400)
  })
})

describe('Bluesonde simulator: roles', () => {
  test('the page shows each account’s role', async () => {
    const text = textOf(await openPage((await bluesondeWorld()).pageUrl()))
    expect(text).toMatch(/robin@example\.com\s+Organization Admin/)
    expect(text).toMatch(/kim@example\.com\s+Guest/)
  })

  test('who has a role without a scope of the application is sent back with access_denied', async () => {
    const { pageUrl } = await bluesondeWorld()
    const page = await openPage(pageUrl())
    const { searchParams } = locationOf(await answerPage(page, { answer: 'allow', account: 'kim@example.com' }))
    expect(searchParams.get('error')).toBe('access_denied')
    expect(searchParams.get('error_description')).toContain('"devices:read"')
    expect(searchParams.get('state')).toBe(STATE)
  })

  test('a role needs every scope of the application, requested or not; offline_access does not depend on roles', async () => {
    const { pageUrl, simulator } = await bluesondeWorld({
      scopes: ['devices:read', 'webhooks:write', 'offline_access'],
      accounts: [
        { name: 'reader', role: 'Reader', scopes: ['devices:read'] },
        { name: 'editor', role: 'Editor', scopes: ['devices:read', 'webhooks:write'] },
      ],
    })
    const errorOf = (account: string) => simulator.approve(pageUrl(), { account }).searchParams.get('error')
    expect([errorOf('reader'), errorOf('editor')]).toEqual(['access_denied', null])
  })

  test('a JWT says who consented', async () => {
    const { pageUrl, simulator, exchange } = await bluesondeWorld({ accessTokenFormat: 'jwt' })
    const code = simulator.approve(pageUrl()).searchParams.get('code')
    const { access_token } = await (await exchange(code)).json()
    expect(decodeJwt(access_token).sub).toBe('robin@example.com')
  })
})

describe('Bluesonde simulator: web pages (CORS)', () => {
  const origin = 'https://app.example.com'

  test('pages of allowed origins may call token endpoint and API, refused requests included', async () => {
    const { simulator } = await bluesondeWorld({ allowedOrigins: [origin] })
    for (const url of [simulator.tokenUrl, `${simulator.baseUrl}/v1/devices`]) {
      const headers = {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      }
      const preflight = await fetch(url, { method: 'OPTIONS', headers })
      expect(preflight.status).toBe(204)
      expect(preflight.headers.get('access-control-allow-origin')).toBe(origin)
      expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization')
      simulator.failNext({ on: 'api', status: 429 })
      const answer = await fetch(url, { method: 'POST', headers: { origin } })
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
    }
    expect([simulator.tokenCalls(), simulator.apiCalls()]).toEqual([1, 1])
  })

  test('nobody is allowed by default, and other origins never', async () => {
    const closed = await bluesondeWorld()
    const open = await bluesondeWorld({ allowedOrigins: [origin] })
    const allowed = async (url: string, from: string) => {
      const answer = await fetch(url, { method: 'POST', headers: { origin: from } })
      return answer.headers.get('access-control-allow-origin')
    }
    expect(await allowed(closed.simulator.tokenUrl, origin)).toBeNull()
    expect(await allowed(open.simulator.tokenUrl, 'https://evil.example')).toBeNull()
  })

  test('a dropped reply is dropped for pages too', async () => {
    const { simulator } = await bluesondeWorld({ allowedOrigins: [origin] })
    simulator.dropReply({ on: 'token' })
    await expect(fetch(simulator.tokenUrl, { method: 'POST', headers: { origin } })).rejects.toThrow('fetch failed')
  })
})

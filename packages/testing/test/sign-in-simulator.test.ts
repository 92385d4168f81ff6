import { describe, expect, test } from 'vitest'

import { virtualClock } from '../src/index.ts'
import { answerPage, locationOf, openPage, textOf } from './sign-in-simulator/person.ts'
import {
  airthingsWorld,
  bluesondeWorld,
  CHALLENGE,
  identityProviderWorld,
  REDIRECT_URI,
  STATE,
  VERIFIER,
} from './sign-in-simulator/vendors.ts'

const ALLOW = { answer: 'allow' }
const DENY = { answer: 'deny' }
const PKCE = { code_challenge: CHALLENGE, code_challenge_method: 'S256' }

const VENDORS = [
  ['Airthings', airthingsWorld, 'read:device:current_values'],
  ['Bluesonde', bluesondeWorld, 'devices:read'],
  ['Identity provider', identityProviderWorld, 'boats:read'],
] as const

describe.each(VENDORS)('%s simulator: consent page', (vendor, start, scope) => {
  test('says which application wants which scopes, and who can sign in', async () => {
    const { pageUrl } = await start({ applicationName: 'Harbour <b>board</b>' })
    const page = await openPage(pageUrl())
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toContain('text/html')
    const text = textOf(page)
    expect(text).toContain(vendor)
    expect(text).toContain('Harbour &lt;b&gt;board&lt;/b&gt;')
    expect(text).toContain(scope)
    expect(text).toContain('robin@example.com')
    expect(text).toContain('kim@example.com')
    expect(text).toContain('https://app.example.com/callback')
  })

  test('is neither cached nor framed, and sends no referrer', async () => {
    const { headers } = await openPage((await start()).pageUrl())
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  })

  test('"Allow" sends the browser back with a code that gives tokens for the API', async () => {
    const { pageUrl, exchange, read } = await start()
    const answer = await answerPage(await openPage(pageUrl()), ALLOW)
    expect(answer.status).toBe(303)
    const callback = locationOf(answer)
    expect(callback.href).toMatch(REDIRECT_URI)
    expect(callback.searchParams.get('state')).toBe(STATE)
    const tokens = await (await exchange(callback.searchParams.get('code'))).json()
    expect(tokens).toMatchObject({ refresh_token: expect.any(String) })
    expect(await read(tokens.access_token)).toBe(200)
  })

  test('"Deny" sends the browser back with access_denied and the state', async () => {
    const { pageUrl } = await start()
    const { href, searchParams } = locationOf(await answerPage(await openPage(pageUrl()), DENY))
    expect(href).toMatch(REDIRECT_URI)
    expect(Object.fromEntries(searchParams)).toEqual({
      keep: ' me',
      error: 'access_denied',
      error_description: expect.any(String),
      state: STATE,
    })
  })

  test.each([
    ['another path', `${REDIRECT_URI}/more`],
    ['a slash more', 'https://app.example.com/callback/?keep=%20me'],
    ['the same address written differently', 'https://APP.example.com/callback?keep=%20me'],
    ['another host', 'https://app.example.com.evil.example/callback?keep=%20me'],
    ['nothing', undefined],
  ])('a redirect URI that is not registered (%s) gets an error page and no redirect', async (_, redirect_uri) => {
    const { pageUrl, simulator } = await start()
    const page = await openPage(pageUrl({ redirect_uri }))
    expect(page.status).toBe(400)
    expect(page.headers.get('location')).toBeNull()
    expect(textOf(page)).toContain('redirect_uri')
    expect(() => simulator.approve(pageUrl({ redirect_uri }))).toThrow(RangeError)
  })

  test('an unknown application gets an error page and no redirect', async () => {
    const { pageUrl } = await start()
    for (const client_id of ['other', undefined]) {
      const page = await openPage(pageUrl({ client_id }))
      expect([page.status, page.headers.get('location')]).toEqual([400, null])
    }
  })

  test('what stands in the URL is text on the error page', async () => {
    const { pageUrl } = await start()
    const { html } = await openPage(pageUrl({ redirect_uri: '<script>alert(1)</script>' }))
    expect(html).not.toContain('<script')
  })

  test('a foreign scope and another response type are sent back as errors, with the state', async () => {
    const { pageUrl } = await start()
    const errorOf = async (parameters: Record<string, string>) => {
      const page = await openPage(pageUrl(parameters))
      const { searchParams } = locationOf(page)
      return [page.status, searchParams.get('error'), searchParams.get('state')]
    }
    expect(await errorOf({ scope: `${scope} admin` })).toEqual([303, 'invalid_scope', STATE])
    expect(await errorOf({ response_type: 'token' })).toEqual([303, 'unsupported_response_type', STATE])
    expect(await errorOf({ code_challenge: VERIFIER })).toEqual([303, 'invalid_request', STATE])
    expect(await errorOf({ code_challenge: VERIFIER, code_challenge_method: 'plain' })).toEqual([
      303,
      'invalid_request',
      STATE,
    ])
  })
})

/** The identity provider takes any port. */
describe.each([VENDORS[0], VENDORS[1]])('%s simulator: registered addresses', (_, start) => {
  test('the port of a loopback address counts unless the application is registered otherwise', async () => {
    const redirectUris = ['http://127.0.0.1:1/callback']
    const given = 'http://127.0.0.1:50123/callback'
    const [exact, any] = [await start({ redirectUris }), await start({ redirectUris, anyLoopbackPort: true })]
    expect((await openPage(exact.pageUrl({ redirect_uri: given }))).status).toBe(400)
    const { simulator, pageUrl, exchange } = any
    const callback = simulator.approve(pageUrl({ redirect_uri: given }))
    expect(callback.href).toMatch(given)
    const code = callback.searchParams.get('code')
    expect((await exchange(code, { redirect_uri: given })).status).toBe(200)
    for (const other of [
      'http://127.0.0.1:50123/other',
      'http://localhost:50123/callback',
      'http://127.0.0.1:1@evil.example/callback',
    ]) {
      expect((await openPage(pageUrl({ redirect_uri: other }))).status).toBe(400)
    }
  })
})

describe.each(VENDORS)('%s simulator: the form', (_, start) => {
  test('counts once: a second answer to the same question is refused', async () => {
    const page = await openPage((await start()).pageUrl())
    expect((await answerPage(page, DENY)).status).toBe(303)
    const again = await answerPage(page, ALLOW)
    expect([again.status, again.headers.get('location')]).toEqual([403, null])
  })

  test('counts only from the browser that the page was shown to', async () => {
    const { pageUrl } = await start()
    const attackers = await openPage(pageUrl())
    const victims = await openPage(pageUrl())
    for (const cookie of ['', victims.cookie]) {
      const answer = await answerPage(attackers, ALLOW, cookie)
      expect([answer.status, answer.headers.get('location')]).toEqual([403, null])
    }
    expect((await answerPage(victims, { ...ALLOW, consent: 'guessed' })).status).toBe(403)
    expect((await answerPage(victims, ALLOW)).status).toBe(303)
  })

  test('works in two tabs of one browser', async () => {
    const { pageUrl } = await start()
    const first = await openPage(pageUrl())
    const { cookie, ...second } = await openPage(pageUrl(), first.cookie)
    const answers = [await answerPage(first, ALLOW, cookie), await answerPage({ ...second, cookie }, ALLOW)]
    expect(answers.map(({ status }) => status)).toEqual([303, 303])
  })

  test('refuses an answer and an account that the page does not offer', async () => {
    const page = await openPage((await start()).pageUrl())
    for (const answer of [{ answer: 'maybe' }, { ...ALLOW, account: 'eve@example.com' }]) {
      expect((await answerPage(page, answer)).status).toBe(403)
    }
    expect((await answerPage(page, { ...ALLOW, account: 'robin@example.com' })).status).toBe(303)
  })
})

describe.each(VENDORS)('%s simulator: codes of the consent page', (_, start) => {
  test('are good once, for ten minutes of the simulator’s time, with exactly their redirect URI', async () => {
    const { simulator, pageUrl, exchange } = await start({ clock: virtualClock() })
    const newCode = () => simulator.approve(pageUrl()).searchParams.get('code')
    const used = newCode()
    expect((await exchange(used)).status).toBe(200)
    expect((await exchange(used)).status).toBe(400)
    expect((await exchange(newCode(), { redirect_uri: 'https://app.example.com/callback' })).status).toBe(400)
    const [late, inTime] = [newCode(), newCode()]
    simulator.clock.advance(599_999)
    expect((await exchange(inTime)).status).toBe(200)
    simulator.clock.advance(1)
    expect((await exchange(late)).status).toBe(400)
  })

  test('want the verifier of their challenge', async () => {
    const { simulator, pageUrl, exchange } = await start()
    const exchangeWith = async (fields: Record<string, string>) =>
      (await exchange(simulator.approve(pageUrl(PKCE)).searchParams.get('code'), fields)).status
    expect(await exchangeWith({ code_verifier: VERIFIER })).toBe(200)
    expect(await exchangeWith({ code_verifier: VERIFIER.replace('d', 'e') })).toBe(400)
    expect(await exchangeWith({})).toBe(400)
  })
})

describe.each(VENDORS)('%s simulator: consent without a browser', (_, start) => {
  test('approve and deny give the callback URL that the page leads to', async () => {
    const { simulator, pageUrl, exchange } = await start()
    const url = new URL(pageUrl())
    const allowed = simulator.approve(url)
    expect(allowed.searchParams.get('state')).toBe(STATE)
    expect((await exchange(allowed.searchParams.get('code'))).status).toBe(200)
    expect(simulator.deny(url).searchParams.get('error')).toBe('access_denied')
    expect(simulator.approve(pageUrl({ scope: 'admin' })).searchParams.get('error')).toBe('invalid_scope')
    expect(simulator.tokenCalls()).toBe(1)
  })

  test('approve refuses another page and another account', async () => {
    const { simulator, pageUrl } = await start()
    expect(() => simulator.approve(pageUrl().replace('127.0.0.1', 'localhost'))).toThrow(simulator.authorizationUrl)
    expect(() => simulator.approve(pageUrl(), { account: 'eve@example.com' })).toThrow('robin@example.com')
  })

  test('the page is on the log and subject to the fault switches, apart from token endpoint and API', async () => {
    const { simulator, pageUrl } = await start()
    simulator.failNext({ on: 'token' })
    simulator.failNext({ on: 'sign-in', status: 503 })
    expect((await openPage(pageUrl())).status).toBe(503)
    expect((await openPage(pageUrl())).status).toBe(200)
    expect(simulator.requests.map(({ kind, status }) => [kind, status])).toEqual([
      ['sign-in', 503],
      ['sign-in', 200],
    ])
    expect([simulator.tokenCalls(), simulator.apiCalls()]).toEqual([0, 0])
  })
})

import { simulators } from '@valetkey/testing/simulators'
import { describe, expect, test } from 'vitest'
import { signInHandler } from '../src/index.ts'
import { credentialOf, KEY, pendingOf, startWorld, userOf } from './support/world.ts'

const SELF = { 'sec-fetch-site': 'same-origin' }
const PAGE = { status: 200, location: null, text: expect.stringContaining('<a href="">Sign in</a>') }

describe('the beginning of a sign-in', () => {
  test.each(['', 'nobody='])('is refused where nobody has logged in (%j)', async (user) => {
    const { vendor, browser, accounts } = await startWorld()
    const nobody = browser(user === '' ? '' : 'x')
    if (user !== '') nobody.cookies.clear()
    expect(await nobody.open('/sign-in')).toMatchObject({ status: 401, location: null })
    expect(await nobody.send('POST', '/sign-in', SELF)).toMatchObject({ status: 401, location: null })
    expect([vendor.requests, await accounts(), pendingOf(nobody)]).toEqual([[], [], []])
  })

  test('sends the person to the vendor, by a link or by a form', async () => {
    const { vendor, browser, origin } = await startWorld()
    const ada = browser('ada')
    const begun = { status: 303, location: expect.stringMatching(vendor.authorizationUrl) }
    expect(await ada.open('/sign-in')).toMatchObject(begun)
    expect(await ada.send('GET', '/sign-in', { ...SELF, 'sec-fetch-dest': 'document' })).toMatchObject(begun)
    expect(await ada.send('POST', '/sign-in', SELF)).toMatchObject(begun)
    expect(await ada.send('POST', '/sign-in', { origin })).toMatchObject(begun)
    expect(pendingOf(ada)).toHaveLength(4)
  })

  test.each([
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' }],
    [{ 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'document' }],
    [{ 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'image' }],
    [{ 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' }],
    [{ 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'document', 'sec-purpose': 'prefetch' }],
  ])('waits for a click in a page of this server: %j', async (headers) => {
    const { browser } = await startWorld()
    const ada = browser('ada')
    expect(await ada.send('GET', '/sign-in', headers)).toMatchObject(PAGE)
    expect(pendingOf(ada)).toEqual([])
  })

  test.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{}],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
  ])('by a form of another site is refused: %j', async (headers) => {
    const { browser } = await startWorld()
    const ada = browser('ada')
    expect(await ada.send('POST', '/sign-in', headers)).toMatchObject({ status: 403, location: null })
    expect(pendingOf(ada)).toEqual([])
  })

  test('asks for what the program says', async () => {
    const { browser } = await startWorld({
      optionsOf: (request) => ({ extra: { prompt: new URL(request.url).searchParams.get('ask') ?? 'login' } }),
    })
    const { location } = await browser('ada').open('/sign-in?ask=consent')
    expect(new URL(location ?? '').searchParams.get('prompt')).toBe('consent')
  })
})

describe('the way back', () => {
  test.each([
    ['/boats', '/boats'],
    ['/boats?sort=name#top', '/boats?sort=name#top'],
    ['/a/../b', '/b'],
    ['//evil.example', '/home'],
    ['/\\evil.example', '/home'],
    ['\\\\evil.example', '/home'],
    ['/\t/evil.example', '/home'],
    ['/.//evil.example', '/home'],
    ['/..//evil.example', '/home'],
    ['/%2e//evil.example', '/home'],
    ['https://evil.example', '/home'],
    ['https:evil.example', '/home'],
    ['javascript:alert(1)', '/home'],
    ['boats', '/home'],
    ['', '/home'],
    [`/${'x'.repeat(2000)}`, '/home'],
  ])('%j is %j', async (returnTo, expected) => {
    const { browser } = await startWorld({ returnTo: '/home' })
    const ada = browser('ada')
    const query = new URLSearchParams({ returnTo })
    const signedIn = await ada.open(await ada.answerVendor('approve', `/sign-in?${query}`))
    expect(signedIn).toMatchObject({ status: 303, location: expected })
    const signedOut = await ada.send('POST', `/sign-out?${query}`, SELF)
    expect(signedOut).toMatchObject({ status: 303, location: expected })
  })

  test('is not taken from a callback', async () => {
    const { browser } = await startWorld()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    callback.searchParams.set('returnTo', '/elsewhere')
    expect(await ada.open(callback)).toMatchObject({ status: 303, location: '/' })
  })

  test('stands in the page of an error escaped', async () => {
    const { browser } = await startWorld()
    const ada = browser('ada')
    const denied = await ada.open(
      await ada.answerVendor('deny', `/sign-in?${new URLSearchParams({ returnTo: '/"><b>' })}`),
    )
    expect(denied.text).toContain('href="/sign-in?returnTo=%2F%2522%253E%253Cb%253E"')
  })
})

describe('the sign-out', () => {
  test('ends the sign-in of the person who asks, and no other', async () => {
    const { credential, browser, origin } = await startWorld()
    const [ada, bob] = [browser('ada'), browser('bob')]
    for (const each of [ada, bob]) await each.open(await each.answerVendor())
    const stateOf = async (account: string) => (await credential.for(account).status()).state
    expect(await ada.send('POST', '/sign-out', { origin })).toMatchObject({ status: 303, location: '/' })
    expect([await stateOf('ada'), await stateOf('bob')]).toEqual(['signed_out', 'ready'])
    expect(await bob.send('POST', '/sign-out?returnTo=/bye', SELF)).toMatchObject({ status: 303, location: '/bye' })
    expect(await stateOf('bob')).toBe('signed_out')
  })

  test.each([
    ['GET', SELF, 405],
    ['HEAD', SELF, 405],
    ['POST', {}, 403],
    ['POST', { origin: 'https://evil.example' }, 403],
    ['POST', { origin: 'null' }, 403],
    ['POST', { 'sec-fetch-site': 'cross-site' }, 403],
    ['POST', { 'sec-fetch-site': 'same-site' }, 403],
  ])('is not done by %s with %j', async (method, headers, status) => {
    const { credential, browser } = await startWorld()
    const ada = browser('ada')
    await ada.open(await ada.answerVendor())
    expect((await ada.send(method, '/sign-out', headers)).status).toBe(status)
    expect((await credential.for('ada').status()).state).toBe('ready')
  })

  test('is refused where nobody has logged in', async () => {
    const { browser } = await startWorld()
    expect((await browser('').send('POST', '/sign-out', SELF)).status).toBe(401)
  })
})

describe('the paths', () => {
  test('stand below basePath, with a slash at the end or without', async () => {
    const { browser } = await startWorld({ basePath: '/airthings' }, '/airthings/callback')
    const ada = browser('ada')
    expect((await ada.open('/sign-in')).status).toBe(404)
    const callback = await ada.answerVendor('approve', '/airthings/sign-in/')
    callback.pathname += '/'
    expect(await ada.open(callback)).toMatchObject({ status: 303 })
    expect((await ada.send('POST', '/airthings/sign-out', SELF)).status).toBe(303)
  })

  test('stand escaped in a page', async () => {
    const { browser } = await startWorld({ basePath: "/r&d's" }, "/r&d's/callback")
    const { text } = await browser('ada').open("/r&d's/callback")
    expect(text).toContain('href="/r&amp;d&#39;s/sign-in?returnTo=%2F"')
  })

  test('have a callback elsewhere where the program says so', async () => {
    const { browser } = await startWorld({ basePath: '/acme', callbackPath: '/oauth/back' }, '/oauth/back')
    const ada = browser('ada')
    expect(await ada.open(await ada.answerVendor())).toMatchObject({ status: 303 })
  })

  test('may differ from those that browsers see, behind a proxy', async () => {
    const { browser } = await startWorld({ callbackPath: '/callback' }, '/app/callback')
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    expect(callback.pathname).toBe('/app/callback')
    expect(await ada.open(`/callback${callback.search}`)).toMatchObject({ status: 303 })
  })

  test.each([
    ['PUT', '/sign-in', 'GET, POST'],
    ['POST', '/callback?code=x&state=y', 'GET'],
    ['DELETE', '/sign-out', 'POST'],
  ])('do not take %s %s', async (method, path, allow) => {
    const { browser } = await startWorld()
    const { status, headers } = await browser('ada').send(method, path, SELF)
    expect([status, headers.get('allow')]).toEqual([405, allow])
  })
})

describe('over https, or behind a proxy', () => {
  const begin = async (redirectUri: string, url: string, origin?: string) => {
    await using vendor = await simulators.bluesonde({ clientId: 'harbour-office', clientSecret: 'example-secret' })
    const credential = credentialOf(vendor, { redirectUri })
    const handler = signInHandler(credential, { accountOf: userOf, cookieKey: KEY, callbackPath: '/callback', origin })
    return (await handler(new Request(url, { headers: { cookie: 'user=ada' } }))).headers.getSetCookie()
  }
  const HOST = /^__Host-valetkey-[\w-]{22}=[\w.-]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/
  const PLAIN = /^valetkey-[\w-]{22}=[\w.-]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/

  test.each([
    ['https://air.example.com/callback', 'https://air.example.com/sign-in', undefined, HOST],
    ['https://air.example.com/callback', 'http://air.example.com/sign-in', undefined, HOST],
    ['https://air.example.com/callback', 'http://127.0.0.1:3000/sign-in', undefined, HOST],
    ['http://127.0.0.1:3000/callback', 'http://127.0.0.1:3000/sign-in', undefined, PLAIN],
    ['http://localhost:3000/callback', 'http://localhost:3000/sign-in', undefined, PLAIN],
    ['registered-name', 'http://127.0.0.1:3000/sign-in', undefined, PLAIN],
    ['registered-name', 'http://127.0.0.1:3000/sign-in', 'https://air.example.com', HOST],
    ['registered-name', 'http://air.example.com/sign-in', undefined, HOST],
    ['registered-name', 'https://air.example.com/sign-in', undefined, HOST],
  ])('the cookie for %s, begun at %s (origin %s), is %s', async (redirectUri, url, origin, expected) => {
    expect(await begin(redirectUri, url, origin)).toEqual([expect.stringMatching(expected)])
  })

  test('the callback finds the cookie, and ends it as it was set', async () => {
    const redirectUri = 'https://air.example.com/callback'
    await using vendor = await simulators.bluesonde({
      clientId: 'harbour-office',
      clientSecret: 'example-secret',
      redirectUris: [redirectUri],
    })
    const handler = signInHandler(credentialOf(vendor, { redirectUri }), { accountOf: userOf, cookieKey: KEY })
    const begun = await handler(new Request('https://air.example.com/sign-in', { headers: { cookie: 'user=ada' } }))
    const [set = ''] = begun.headers.getSetCookie()
    const callback = vendor.approve(begun.headers.get('location') ?? '')
    const cookie = `user=ada; ${set.split(';')[0]}`
    const done = await handler(new Request(callback, { headers: { cookie } }))
    expect(done.status).toBe(303)
    const ended = `${set.split('=')[0]}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure`
    expect(done.headers.getSetCookie()).toEqual([ended])
  })

  test.each([
    ['https://air.example.com', 'http://10.0.0.7:3000/sign-out', 'https://air.example.com', 303],
    ['https://air.example.com', 'http://air.example.com/sign-out', undefined, 303],
    ['https://air.example.com', 'http://10.0.0.7:3000/sign-out', undefined, 403],
    ['http://air.example.com', 'http://10.0.0.7:3000/sign-out', 'https://air.example.com', 403],
    ['https://evil.example', 'http://air.example.com/sign-out', undefined, 403],
    ['https://air.example.com.evil.example', 'http://air.example.com/sign-out', undefined, 403],
  ])('a form of %s at %s (origin %s) is answered with %4$i', async (from, url, origin, status) => {
    await using vendor = await simulators.bluesonde({ clientId: 'harbour-office', clientSecret: 'example-secret' })
    const credential = credentialOf(vendor, { redirectUri: 'https://air.example.com/callback' })
    const handler = signInHandler(credential, { accountOf: () => 'ada', cookieKey: KEY, origin })
    expect((await handler(new Request(url, { method: 'POST', headers: { origin: from } }))).status).toBe(status)
  })
})

import { createHash } from 'node:crypto'
import { CompactEncrypt } from 'jose'
import { describe, expect, test } from 'vitest'
import { KEY, OTHER_KEY, pendingOf, startWorld } from './support/world.ts'

const SIGNED_IN = { status: 303, location: '/' }
const OVER = { status: 400, text: expect.stringContaining('This sign-in has ended.') }

describe('a callback', () => {
  test('signs the person in, once, and ends the cookie', async () => {
    const { vendor, accounts, browser } = await startWorld()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    expect(pendingOf(ada)).toHaveLength(1)
    expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
    expect(await accounts()).toEqual(['ada'])
    expect(pendingOf(ada)).toEqual([])
    expect(await ada.open(callback)).toMatchObject(OVER)
    expect(vendor.tokenCalls()).toBe(1)
  })

  test('is answered by another process with the same key and store', async () => {
    const { accounts, browser, restart } = await startWorld()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    restart()
    expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
    expect(await accounts()).toEqual(['ada'])
  })

  test('that two processes get counts once', async () => {
    const { vendor, browser, restart } = await startWorld()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    const before = new Map(ada.cookies)
    expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
    for (const [name, value] of before) ada.cookies.set(name, value)
    restart()
    expect(await ada.open(callback)).toMatchObject(OVER)
    expect(vendor.tokenCalls()).toBe(1)
  })

  test.each([
    ['of nobody', '?code=x&state=forged'],
    ['without a state', '?code=x'],
    ['without anything', ''],
    ['that says the person denied it', '?error=access_denied&state=forged'],
    ['with two states', '?code=x&state=a&state=b'],
  ])('is taken after a forged one %s', async (_, forged) => {
    const { vendor, accounts, browser } = await startWorld()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    expect(await ada.open(`/callback${forged}`)).toMatchObject(OVER)
    expect(vendor.requests).toEqual([])
    expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
    expect(await accounts()).toEqual(['ada'])
  })

  test.each([
    ['another issuer', 'iss', 'https://login.evil.example', 'set'],
    ['a second code', 'code', 'x', 'append'],
    ['a second state', 'state', 'x', 'append'],
  ] as const)('is taken after one that has its state and %s', async (_, name, value, change) => {
    const { browser, vendor } = await startWorld()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    const mixedUp = new URL(callback)
    mixedUp.searchParams[change](name, value)
    expect(await ada.open(mixedUp)).toMatchObject({ status: 400 })
    expect(vendor.requests).toEqual([])
    expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
  })

  test('of another person is refused, whether a sign-in is under way here or not', async () => {
    const { vendor, accounts, browser } = await startWorld()
    const [mallory, victim] = [browser('mallory'), browser('victim')]
    const callback = await mallory.answerVendor()
    expect(await victim.open(callback)).toMatchObject(OVER)
    await victim.open('/sign-in')
    expect(await victim.open(callback)).toMatchObject(OVER)
    expect([await accounts(), vendor.requests]).toEqual([[], []])
  })

  test('is refused with the cookies of another person', async () => {
    const { vendor, accounts, browser } = await startWorld()
    const [mallory, victim] = [browser('mallory'), browser('victim')]
    const callback = await mallory.answerVendor()
    for (const name of pendingOf(mallory)) victim.cookies.set(name, mallory.cookies.get(name) ?? '')
    expect(await victim.open(callback)).toMatchObject({
      status: 400,
      text: expect.stringContaining('begun by another user'),
    })
    expect([await accounts(), vendor.requests]).toEqual([[], []])
  })

  test('stores nothing for a user who takes the place of the one who began, who may still come back', async () => {
    const { vendor, accounts, browser } = await startWorld()
    const shared = browser('ada')
    const callback = await shared.answerVendor()
    shared.logIn('bob')
    expect(await shared.open(callback)).toMatchObject({ status: 400, text: expect.stringContaining('another user') })
    expect([await accounts(), vendor.requests]).toEqual([[], []])
    shared.logIn('ada')
    expect(await shared.open(callback)).toMatchObject(SIGNED_IN)
    expect(await accounts()).toEqual(['ada'])
  })

  test('completes nothing where nobody has logged in', async () => {
    const { vendor, accounts, browser } = await startWorld()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    ada.logIn('')
    expect(await ada.open(callback)).toMatchObject({ status: 401 })
    expect([await accounts(), vendor.requests]).toEqual([[], []])
    ada.logIn('ada')
    expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
  })

  test('after ten minutes is too late, whatever the browser has kept', async () => {
    const { vendor, clock, browser } = await startWorld()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    await clock.advance(10 * 60_000)
    expect(await ada.open(callback)).toMatchObject(OVER)
    expect(vendor.requests).toEqual([])
    expect(pendingOf(ada)).toEqual([])
  })

  test('of a person who denies it says so, and another sign-in goes back to where the first began', async () => {
    const { vendor, accounts, browser } = await startWorld()
    const ada = browser('ada')
    const denied = await ada.open(await ada.answerVendor('deny', '/sign-in?returnTo=/boats%3Fsort%3Dname'))
    expect(denied).toMatchObject({ status: 400, text: expect.stringContaining('Access was not allowed.') })
    expect(denied.text).not.toMatch(/Error|\.[jt]s:\d|access_denied/)
    expect([await accounts(), vendor.requests, pendingOf(ada)]).toEqual([[], [], []])
    const [, link = ''] = /href="([^"]+)"/.exec(denied.text) ?? []
    expect(await ada.open(await ada.answerVendor('approve', link))).toMatchObject({
      status: 303,
      location: '/boats?sort=name',
    })
  })

  test('can be tried again after an outage of the vendor', async () => {
    const { vendor, browser } = await startWorld()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    vendor.failNext({ on: 'token', status: 503, times: 2 })
    const told = { status: 503, text: expect.stringContaining('<a href="">Try again</a>') }
    expect(await ada.open(callback)).toMatchObject(told)
    expect(await ada.open(callback)).toMatchObject(told)
    expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
  })

  test('wants another sign-in when the code was spent in the outage', async () => {
    const { vendor, accounts, browser } = await startWorld()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    vendor.dropReply({ on: 'token' })
    expect(await ada.open(callback)).toMatchObject({ status: 503 })
    expect(await ada.open(callback)).toMatchObject(OVER)
    expect(await accounts()).toEqual([])
    expect(await ada.open(await ada.answerVendor())).toMatchObject(SIGNED_IN)
  })

  test('after which the client is refused is a fault of the server, without the vendor’s words', async () => {
    const { vendor, browser } = await startWorld()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    const body = { error: 'invalid_client', error_description: '<script>words</script>' }
    vendor.failNext({ on: 'token', status: 401, body: JSON.stringify(body) })
    const failed = await ada.open(callback)
    expect(failed).toMatchObject({ status: 500, text: expect.stringContaining('client_rejected') })
    expect(failed.text).not.toContain('words')
  })
})

describe('the page of an error', () => {
  const canaries = ['canary-code', 'canary-error', 'canary-words', '&lt;canary', '<canary']

  test.each([
    '?error=canary-error&error_description=canary-words<canary&state=forged',
    '?code=canary-code&state=<canary>',
    '?error="><script>canary-error</script>',
  ])('says nothing of the query %s', async (query) => {
    const { browser } = await startWorld()
    const { text, headers } = await browser('ada').open(`/callback${query}`)
    for (const canary of canaries) expect(text).not.toContain(canary)
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'content-type': 'text/html; charset=utf-8',
      'referrer-policy': 'same-origin',
    })
  })

  test('says nothing of a refusal that has the right state', async () => {
    const { browser } = await startWorld()
    const ada = browser('ada')
    const callback = await ada.answerVendor('deny')
    callback.searchParams.set('error', 'canary_error')
    callback.searchParams.set('error_description', 'canary-words<canary')
    const { status, text } = await ada.open(callback)
    expect(status).toBe(400)
    for (const canary of ['canary_error', ...canaries]) expect(text).not.toContain(canary)
  })
})

describe('several sign-ins of one browser', () => {
  test.each([['in the order'], ['in the other order']])('come back %s', async (order) => {
    const { browser } = await startWorld()
    const ada = browser('ada')
    const callbacks = [await ada.answerVendor(), await ada.answerVendor()]
    for (const callback of order === 'in the order' ? callbacks : callbacks.toReversed()) {
      expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
    }
  })

  test.each([0, 1, 1_000])('are five at most, the newest, begun %i ms after each other', async (ms) => {
    const { clock, browser } = await startWorld()
    const ada = browser('ada')
    const callbacks: URL[] = []
    for (let tab = 0; tab < 7; tab += 1) {
      callbacks.push(await ada.answerVendor())
      await clock.advance(ms)
    }
    expect(pendingOf(ada)).toHaveLength(5)
    const statuses: number[] = []
    for (const callback of callbacks) statuses.push((await ada.open(callback)).status)
    expect(statuses).toEqual([400, 400, 303, 303, 303, 303, 303])
  })

  test('that a browser holds in vain are given up before those under way', async () => {
    const { browser } = await startWorld()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    for (let index = 0; index < 20; index += 1) ada.cookies.set(`valetkey-${'x'.repeat(20)}${10 + index}`, 'planted')
    const second = await ada.answerVendor()
    expect(pendingOf(ada)).toHaveLength(5)
    for (const each of [callback, second]) expect(await ada.open(each)).toMatchObject(SIGNED_IN)
  })

  test('take little of what a server takes as cookies, whatever is asked for', async () => {
    const scopes = Array.from({ length: 40 }, (_, index) => `https://scopes.example.com/of/the/vendor/${index}`)
    const { browser } = await startWorld({ optionsOf: () => ({ scopes }) })
    const ada = browser('ada')
    for (let tab = 0; tab < 6; tab += 1) await ada.open('/sign-in')
    const sizes = pendingOf(ada).map((name) => name.length + (ada.cookies.get(name)?.length ?? 0))
    expect(sizes.length).toBeGreaterThanOrEqual(1)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(6 * 1024)
  })

  test('that fit into no cookie are a mistake of the server', async () => {
    const scopes = Array.from({ length: 400 }, (_, index) => `scope-${index}`)
    const errors: unknown[] = []
    const { browser } = await startWorld({
      optionsOf: () => ({ scopes }),
      onError: (error) => {
        errors.push(error)
        return undefined
      },
    })
    expect(await browser('ada').open('/sign-in')).toMatchObject({ status: 500, location: null })
    expect(errors).toEqual([expect.objectContaining({ code: 'invalid_option', option: 'scopes' })])
  })

  test('keep the way back only where it fits', async () => {
    const scopes = Array.from({ length: 190 }, (_, index) => `scope-${index}`)
    const { browser, vendor } = await startWorld({ optionsOf: () => ({ scopes }), returnTo: '/home' })
    const ada = browser('ada')
    const { location } = await ada.open(`/sign-in?returnTo=/${'x'.repeat(1000)}`)
    const refused = await ada.open(vendor.approve(location ?? ''))
    expect(refused).toMatchObject({ status: 400, text: expect.stringContaining('"/sign-in?returnTo=%2Fhome"') })
  })
})

describe('the cookie of a sign-in', () => {
  test.each([
    ['another key', { cookieKey: OTHER_KEY }, OVER],
    ['another key, and the first one after it', { cookieKey: [OTHER_KEY, KEY] }, SIGNED_IN],
    ['another key after the first one', { cookieKey: [KEY, OTHER_KEY] }, SIGNED_IN],
  ])('meets a server with %s', async (_, options, expected) => {
    const { browser, restart } = await startWorld()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    restart(options)
    expect(await ada.open(callback)).toMatchObject(expected)
  })

  test('is sealed with the first key of several', async () => {
    const { browser, restart } = await startWorld({ cookieKey: [OTHER_KEY, KEY] })
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    restart({ cookieKey: KEY })
    expect(await ada.open(callback)).toMatchObject(OVER)
    restart({ cookieKey: OTHER_KEY })
    expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
  })

  test('shows neither state nor verifier nor account, and does not open when it is changed', async () => {
    const { vendor, browser } = await startWorld()
    const ada = browser('ada')
    const callback = await ada.answerVendor()
    const [name = ''] = pendingOf(ada)
    const value = ada.cookies.get(name) ?? ''
    const readable = value.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'))
    const start = callback.searchParams.get('state')?.slice(0, 12) ?? ''
    expect(start).toHaveLength(12)
    for (const secret of [start, 'ada', 'codeVerifier']) expect(`${name} ${readable.join(' ')}`).not.toContain(secret)
    for (const at of [5, value.indexOf('.') + 4, value.length - 40, value.length - 6]) {
      const changed = value.slice(0, at) + (value[at] === 'A' ? 'B' : 'A') + value.slice(at + 1)
      ada.cookies.set(name, changed)
      expect(await ada.open(callback)).toMatchObject(OVER)
    }
    expect(vendor.requests).toEqual([])
    ada.cookies.set(name, value)
    expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
  })

  test('is refused under the name of another, and good under its own', async () => {
    const { vendor, browser } = await startWorld()
    const ada = browser('ada')
    const callbacks = [await ada.answerVendor(), await ada.answerVendor()]
    const [one = '', two = ''] = pendingOf(ada)
    const [ofOne = '', ofTwo = ''] = [ada.cookies.get(one), ada.cookies.get(two)]
    ada.cookies.set(one, ofTwo).set(two, ofOne)
    for (const callback of callbacks) expect(await ada.open(callback)).toMatchObject(OVER)
    expect(vendor.requests).toEqual([])
    ada.cookies.set(one, ofOne).set(two, ofTwo)
    for (const callback of callbacks) expect(await ada.open(callback)).toMatchObject(SIGNED_IN)
  })

  test.each([
    ['what the program has sealed with the same key', { typ: 'JWT' }, 400],
    ['what the program has sealed with the same key, without a type', {}, 400],
    ['what the handler has sealed', { typ: 'valetkey-sign-in' }, 303],
  ])('is good only as %s', async (_, header, status) => {
    const { credential, browser, vendor } = await startWorld()
    const { url, signIn } = await credential.for('ada').beginSignIn()
    const ada = browser('ada')
    await ada.open('/sign-in')
    const sealed = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify({ returnTo: '/', signIn })))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', ...header })
      .encrypt(Buffer.from(KEY, 'base64'))
    const digest = createHash('sha256').update(signIn.state).digest('base64url')
    ada.cookies.set(`valetkey-${digest.slice(0, 22)}`, sealed)
    expect((await ada.open(vendor.approve(url))).status).toBe(status)
  })
})

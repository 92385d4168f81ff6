import { describe, expect, test } from 'vitest'
import { startWorld, type World } from './support/world.ts'

describe('the server', () => {
  test('sends a user who has not signed in to the vendor, and asks the API for nothing', async () => {
    await using world = await startWorld()
    expect((await world.get('ada', '/devices')).headers.get('location')).toBe('/sign-in')
    const { headers } = await world.get('ada', '/sign-in')
    expect(headers.get('location')).toMatch(world.vendor.authorizationUrl)
    expect(world.vendor.apiCalls()).toBe(0)
  })

  test('asks the API for each user with that user’s token, however their requests mix', async () => {
    await using world = await startWorld()
    const tokens = { ada: await world.signIn('ada'), bob: await world.signIn('bob') }
    expect(tokens.ada).not.toBe(tokens.bob)
    const users = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'ada' : 'bob'))
    const answers = await Promise.all(users.map((user) => world.get(user, '/devices')))
    expect(answers.map(({ status }) => status)).toEqual(users.map(() => 200))
    const sent = world.vendor.requests.filter(({ kind }) => kind === 'api')
    expect(sent).toHaveLength(20)
    for (const { headers } of sent) expect(headers.authorization).toBe(`Bearer ${tokens[userOf(headers)]}`)
  })

  test('renews refused tokens once per user, and each user gets an own one again', async () => {
    await using world = await startWorld()
    await world.signIn('ada')
    await world.signIn('bob')
    // By then all servers of an API know a token.
    await world.clock.advance(3_000)
    world.vendor.revokeAll()
    const users = ['ada', 'bob', 'ada', 'bob'] as const
    const answers = await Promise.all(users.map((user) => world.get(user, '/devices')))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(world.vendor.tokenCalls('refresh_token')).toBe(2)
    const accepted = world.vendor.requests.filter(({ kind, status }) => kind === 'api' && status === 200)
    const pairs = accepted.map(({ headers }) => `${userOf(headers)} ${headers.authorization}`)
    expect(new Set(pairs).size).toBe(2)
    expect(new Set(accepted.map(({ headers }) => headers.authorization)).size).toBe(2)
  })

  test('leaves everybody else signed in when one user’s grant has ended', async () => {
    await using world = await startWorld()
    await world.signIn('ada')
    await world.signIn('bob')
    await world.credential.for('ada').signOut()
    expect((await world.get('ada', '/devices')).headers.get('location')).toBe('/sign-in')
    expect((await world.get('bob', '/devices')).status).toBe(200)
  })
})

describe('the callback', () => {
  test('of a sign-in that another user began is refused', async () => {
    await using world = await startWorld()
    const callback = await world.answerVendor('ada')
    expect((await world.get('bob', callback)).status).toBe(400)
    await world.get('bob', '/sign-in')
    expect((await world.get('bob', callback)).status).toBe(400)
    expect(await stateOf(world, 'bob')).toBe('signed_out')
    expect(world.vendor.tokenCalls()).toBe(0)
  })

  test('of a sign-in that another user of the same session began is refused', async () => {
    await using world = await startWorld()
    const callback = await world.answerVendor('ada')
    world.logIn('ada', 'bob')
    expect((await world.get('ada', callback)).status).toBe(400)
    expect(await stateOf(world, 'bob')).toBe('signed_out')
    expect(world.vendor.tokenCalls()).toBe(0)
  })

  test.each(['?code=x&state=forged', '?error=access_denied&state=forged', '?code=x&state=a&state=b', ''])(
    'is taken after a forged one with %j',
    async (forged) => {
      await using world = await startWorld()
      const callback = await world.answerVendor('ada')
      expect((await world.get('ada', `/callback${forged}`)).status).toBe(400)
      expect((await world.get('ada', callback)).headers.get('location')).toBe('/devices')
      expect((await world.get('ada', '/devices')).status).toBe(200)
    },
  )

  test('signs in from each of two tabs, and from the newest five of more', async () => {
    await using world = await startWorld()
    const callbacks: URL[] = []
    for (let tab = 0; tab < 6; tab += 1) callbacks.push(await world.answerVendor('ada'))
    const statuses: number[] = []
    for (const callback of callbacks) statuses.push((await world.get('ada', callback)).status)
    expect(statuses).toEqual([400, 303, 303, 303, 303, 303])
  })

  test('signs in by a reload after an outage of the vendor, and then is over', async () => {
    await using world = await startWorld()
    const callback = await world.answerVendor('ada')
    world.vendor.failNext({ on: 'token', status: 503 })
    const told = await world.get('ada', callback)
    expect([told.status, await told.text()]).toEqual([503, expect.stringContaining('Try again')])
    expect((await world.get('ada', callback)).headers.get('location')).toBe('/devices')
    const again = await world.get('ada', callback)
    expect([again.status, await again.text()]).toEqual([400, expect.stringContaining('This sign-in has ended.')])
    expect((await world.get('ada', '/devices')).status).toBe(200)
  })

  test('of a person who denies it shows a page that leads to another sign-in', async () => {
    await using world = await startWorld()
    const denied = await world.get('ada', await world.answerVendor('ada', 'deny'))
    const page = await denied.text()
    expect(denied.status).toBe(400)
    expect(page).toContain('Access was not allowed.')
    expect(page).toContain('<a href="/sign-in?returnTo=%2Fdevices">Sign in</a>')
    expect(page).not.toMatch(/Error|\.ts:\d/)
  })
})

describe('a browser', () => {
  test('in which nobody has logged in gets 401, and no account is made or used for it', async () => {
    await using world = await startWorld()
    const callback = await world.answerVendor('ada')
    for (const path of ['/devices', '/sign-in', callback]) {
      expect((await world.get('', path)).status).toBe(401)
    }
    expect(world.vendor.requests).toEqual([])
    expect(await stateOf(world, 'default')).toBe('signed_out')
  })

  test.each(['cross-site', 'same-site'])(
    'that a %s page leads to the sign-in begins none before a click',
    async (site) => {
      await using world = await startWorld()
      const led = await world.get('ada', '/sign-in', { 'sec-fetch-site': site })
      expect([led.status, led.headers.get('location')]).toEqual([200, null])
      expect(await led.text()).toContain('<a href="">Sign in</a>')
      const clicked = await world.get('ada', '/sign-in', { 'sec-fetch-site': 'same-origin' })
      expect(clicked.headers.get('location')).toMatch(world.vendor.authorizationUrl)
    },
  )
})

async function stateOf({ credential }: World, user: string): Promise<string> {
  return (await credential.for(user).status()).state
}

function userOf(headers: Readonly<Record<string, string>>): 'ada' | 'bob' {
  return headers['x-request-id'] === 'of ada' ? 'ada' : 'bob'
}

import { describe, expect, test } from 'vitest'
import { startWorld } from './support/world.ts'

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

  test('takes no callback of a sign-in that another user began', async () => {
    await using world = await startWorld()
    const callback = await world.approve('ada')
    await world.get('bob', '/sign-in')
    expect((await world.get('bob', callback.pathname + callback.search)).status).toBe(500)
    expect((await world.get('bob', '/devices')).headers.get('location')).toBe('/sign-in')
  })
})

function userOf(headers: Readonly<Record<string, string>>): 'ada' | 'bob' {
  return headers['x-request-id'] === 'of ada' ? 'ada' : 'bob'
}

import { virtualClock } from '@valetkey/testing'
import { simulators } from '@valetkey/testing/simulators'
import { expect, test } from 'vitest'
import { createItemsApi } from '../src/items.ts'

const CLIENT = { clientId: 'harbour-office', clientSecret: 'example-secret' }

/** By then all servers of an API know a token. */
const KNOWN_MS = 3_000

test('a typed request carries the token', async () => {
  await using api = await simulators.m2m(CLIENT)
  const items = createItemsApi({ ...api.options })
  const { data } = await items.GET('/v1/items')
  expect(data).toMatchObject({ total: 3, items: [{ name: 'Life jackets' }, {}, {}] })
  expect(api.requests.at(-1)?.headers.authorization).toMatch(/^Bearer .+/)
})

test('requests whose token the API refuses are sent again, after one refresh for all', async () => {
  const clock = virtualClock()
  await using api = await simulators.m2m({ ...CLIENT, clock })
  const items = createItemsApi({ ...api.options, clock })
  await items.GET('/v1/items')
  await clock.advance(KNOWN_MS)
  api.revokeAll()
  const answers = await Promise.all([items.GET('/v1/items'), items.GET('/v1/items'), items.GET('/v1/items')])
  expect(answers.map(({ response }) => response.status)).toEqual([200, 200, 200])
  expect(api.tokenCalls()).toBe(2)
})

test('another host gets no token', async () => {
  await using api = await simulators.m2m(CLIENT)
  await using other = await simulators.m2m(CLIENT)
  const items = createItemsApi({ ...api.options })
  const { response } = await items.GET('/v1/items', { baseUrl: other.baseUrl })
  expect(response.status).toBe(401)
  expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined])
})

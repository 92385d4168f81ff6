import { virtualClock } from '@valetkey/testing'
import { simulators } from '@valetkey/testing/simulators'
import { expect, test } from 'vitest'
import { createItemsFetch } from '../src/items.ts'

const CLIENT = { clientId: 'harbour-office', clientSecret: 'example-secret' }

/** By then all servers of an API know a token. */
const KNOWN_MS = 3_000

test('a request carries the token', async () => {
  await using api = await simulators.m2m(CLIENT)
  const items = createItemsFetch({ ...api.options })
  expect(await items('/v1/items')).toMatchObject({ total: 3 })
  expect(api.requests.at(-1)?.headers.authorization).toMatch(/^Bearer .+/)
})

test('requests whose token the API refuses are sent again, after one refresh for all', async () => {
  const clock = virtualClock()
  await using api = await simulators.m2m({ ...CLIENT, clock })
  const items = createItemsFetch({ ...api.options, clock })
  await items('/v1/items')
  await clock.advance(KNOWN_MS)
  api.revokeAll()
  await Promise.all([items('/v1/items'), items('/v1/items'), items('/v1/items')])
  expect(api.requests.filter(({ status }) => status === 401)).toHaveLength(3)
  expect(api.tokenCalls()).toBe(2)
})

test('another host gets no token', async () => {
  await using api = await simulators.m2m(CLIENT)
  await using other = await simulators.m2m(CLIENT)
  const items = createItemsFetch({ ...api.options })
  await expect(items(`${other.baseUrl}/v1/items`)).rejects.toMatchObject({ status: 401 })
  expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined])
})

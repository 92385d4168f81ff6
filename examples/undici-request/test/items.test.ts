import { Readable } from 'node:stream'
import { createApiKeyCredential } from '@valetkey/core'
import { virtualClock } from '@valetkey/testing'
import { simulators } from '@valetkey/testing/simulators'
import { request } from 'undici'
import { expect, test } from 'vitest'
import { createItemsRequest } from '../src/items.ts'
import { withCredential } from '../src/with-credential.ts'

const CLIENT = { clientId: 'harbour-office', clientSecret: 'example-secret' }

/** By then all servers of an API know a token. */
const KNOWN_MS = 3_000

test('a request carries the token, and the caller’s own headers', async () => {
  await using api = await simulators.m2m(CLIENT)
  const send = createItemsRequest({ ...api.options })
  const { body } = await send(`${api.baseUrl}/v1/items`, { headers: { 'x-request-id': '1' } })
  expect(await body.json()).toMatchObject({ total: 3 })
  expect(api.requests.at(-1)?.headers).toMatchObject({
    authorization: expect.stringMatching(/^Bearer .+/),
    'x-request-id': '1',
  })
})

test('requests whose token the API refuses are sent again, after one refresh for all', async () => {
  const clock = virtualClock()
  await using api = await simulators.m2m({ ...CLIENT, clock })
  const send = createItemsRequest({ ...api.options, clock })
  const list = async () => (await send(`${api.baseUrl}/v1/items`)).body.json()
  await list()
  await clock.advance(KNOWN_MS)
  api.revokeAll()
  expect(await Promise.all([list(), list(), list()])).toMatchObject([{ total: 3 }, { total: 3 }, { total: 3 }])
  expect(api.tokenCalls()).toBe(2)
})

test('a body of text is sent again, a stream is not: its 401 is the caller’s and the next request has the new token', async () => {
  const clock = virtualClock()
  await using api = await simulators.m2m({ ...CLIENT, clock })
  const send = createItemsRequest({ ...api.options, clock })
  const post = async (body: string | Readable) => {
    const answer = await send(`${api.baseUrl}/v1/orders`, { method: 'POST', body })
    await answer.body.dump()
    return answer.statusCode
  }
  await post('first')
  await clock.advance(KNOWN_MS)
  api.revokeAll()
  expect(await post('text')).toBe(404)
  await clock.advance(KNOWN_MS)
  api.revokeAll()
  expect(await post(Readable.from(['stream']))).toBe(401)
  expect(await post(Readable.from(['another stream']))).toBe(404)
  const sent = api.requests.filter(({ kind }) => kind === 'api').map(({ body, status }) => `${body} ${status}`)
  expect(sent).toEqual(['first 404', 'text 401', 'text 404', 'stream 401', 'another stream 404'])
})

test('another host gets no token', async () => {
  await using api = await simulators.m2m(CLIENT)
  await using other = await simulators.m2m(CLIENT)
  const send = createItemsRequest({ ...api.options })
  const { statusCode, body } = await send(`${other.baseUrl}/v1/items`)
  await body.dump()
  expect(statusCode).toBe(401)
  expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined])
})

test('a header or parameter that the caller set is left as it is', async () => {
  await using api = await simulators.m2m(CLIENT)
  const credential = createApiKeyCredential({
    vendor: 'acme',
    origins: [api.baseUrl],
    apiKey: 'example-key',
    place: (apiKey) => ({ query: { key: apiKey } }),
    allowInsecureRequests: true,
  })
  const send = withCredential(request, credential)
  await (await send(`${api.baseUrl}/v1/items`)).body.dump()
  await (await send(`${api.baseUrl}/v1/items?key=mine`)).body.dump()
  await (await send(`${api.baseUrl}/v1/items`, { query: { key: 'mine' } })).body.dump()
  expect(api.requests.map(({ query }) => query.key)).toEqual(['example-key', 'mine', 'mine'])
})

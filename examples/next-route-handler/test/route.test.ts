import { type M2mSimulator, simulators } from '@valetkey/testing/simulators'
import { afterEach, expect, test, vi } from 'vitest'
import { GET } from '../src/app/api/items/route.ts'
import { itemsFetch } from '../src/items-fetch.ts'

const CLIENT = { clientId: 'harbour-office', clientSecret: 'example-secret' }
const request = new Request('http://127.0.0.1/api/items')

afterEach(() => void vi.unstubAllEnvs())

test('the handler answers with what the API says, asked with the token', async () => {
  await using api = await startApi()
  const answer = await GET(request)
  expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ total: 3 })])
  expect(api.requests.at(-1)?.headers.authorization).toMatch(/^Bearer .+/)
})

test('requests share a token; when the API refuses it they are sent again, after one refresh for all', async () => {
  await using api = await startApi()
  await GET(request)
  api.revokeAll()
  const answers = await Promise.all([GET(request), GET(request), GET(request)])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(api.tokenCalls()).toBe(2)
})

test('a client that the vendor refuses is an error of the server, and nothing goes out without a token', async () => {
  await using api = await startApi()
  vi.stubEnv('VALETKEY_M2M_CLIENT_SECRET', 'wrong')
  const answer = await GET(request)
  expect([answer.status, await answer.json()]).toEqual([500, { error: 'client_rejected' }])
  expect(api.apiCalls()).toBe(0)
})

test('another host gets no token', async () => {
  await using api = await startApi()
  await using other = await simulators.m2m(CLIENT)
  await itemsFetch(`${api.baseUrl}/v1/items`)
  await itemsFetch(`${other.baseUrl}/v1/items`)
  expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined])
})

async function startApi(): Promise<M2mSimulator> {
  const api = await simulators.m2m(CLIENT)
  vi.stubEnv('VALETKEY_M2M_BASE_URL', api.baseUrl)
  vi.stubEnv('VALETKEY_M2M_CLIENT_ID', CLIENT.clientId)
  vi.stubEnv('VALETKEY_M2M_CLIENT_SECRET', CLIENT.clientSecret)
  return api
}

import { simulators } from '@valetkey/testing/simulators'
import { expect, test } from 'vitest'
import { CLIENT, startWorker } from './support/start-worker.ts'

test('the worker answers with what the API says, asked with the token', async () => {
  await using api = await simulators.m2m(CLIENT)
  await using worker = await startWorker('src/worker.ts', api)
  const answer = await worker.dispatchFetch('https://worker.example/')
  expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ total: 3 })])
  expect(api.requests.at(-1)?.headers.authorization).toMatch(/^Bearer .+/)
})

test('requests whose token the API refuses are sent again, after one refresh for all', async () => {
  await using api = await simulators.m2m(CLIENT)
  await using worker = await startWorker('src/worker.ts', api)
  const ask = async () => (await worker.dispatchFetch('https://worker.example/')).status
  await ask()
  api.revokeAll()
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([200, 200, 200])
  expect(api.tokenCalls()).toBe(2)
})

test('a token request goes on after the request that began it has ended, and serves the next', async () => {
  await using api = await simulators.m2m(CLIENT)
  await using worker = await startWorker('test/support/leaving-worker.ts', api)
  const url = encodeURIComponent(`${api.baseUrl}/v1/items`)
  const release = api.hold('token')
  await (await worker.dispatchFetch(`https://worker.example/?leave&url=${url}`)).text()
  await api.waitForRequests('token', 1)
  release()
  expect((await worker.dispatchFetch(`https://worker.example/?url=${url}`)).status).toBe(200)
  expect(api.tokenCalls()).toBe(1)
})

test('another host gets no token', async () => {
  await using api = await simulators.m2m(CLIENT)
  await using other = await simulators.m2m(CLIENT)
  await using worker = await startWorker('test/support/leaving-worker.ts', api)
  const url = encodeURIComponent(`${other.baseUrl}/v1/items`)
  expect((await worker.dispatchFetch(`https://worker.example/?url=${url}`)).status).toBe(401)
  expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined])
})

import { inspect } from 'node:util'
import { findLeaks } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import * as flowlu from '../src/index.ts'
import { API_KEY, startKeyWorld, traffic } from './support/world.ts'

const REFUSED = { error: { error_code: 11, error_msg: 'authorization failed' } }

describe('an API key of Flowlu', () => {
  test('Placement: the query parameter api_key of a GET, merged with what the query has', async () => {
    const world = await startKeyWorld()
    const answer = await world.http(`${world.tasksUrl}?filter[status]=1&limit=1`)
    expect(await answer.json()).toMatchObject({ response: { total_result: 2, count: 1 } })
    expect(world.simulator.requests[0]?.query).toEqual({ 'filter[status]': '1', limit: '1', api_key: API_KEY })
    expect(world.simulator.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  test.each<[string, BodyInit]>([
    ['a form', new URLSearchParams({ name: 'Tow the barge' })],
    ['a multipart form', multipart({ name: 'Tow the barge' })],
  ])('Placement: the same parameter of a POST, whose body, %s, stays as it is', async (_, body) => {
    const world = await startKeyWorld()
    const url = world.tasksUrl.replace('/list', '/create')
    const answer = await world.http(url, { method: 'POST', body })
    expect(await answer.json()).toEqual({ response: { id: 5, name: 'Tow the barge' } })
    expect(world.simulator.requests[0]?.query).toEqual({ api_key: API_KEY })
    expect(world.simulator.requests[0]?.body).not.toContain('api_key')
  })

  test('Placement: a Request carries it as well', async () => {
    const world = await startKeyWorld()
    expect(await (await world.http(new Request(world.tasksUrl))).json()).toMatchObject({ response: { total: 4 } })
  })

  test('a key is never added twice: a request that has one is the caller’s own, and its refusal too', async () => {
    const world = await startKeyWorld()
    const own = world.simulator.createApiKey()
    expect(await (await world.http(`${world.tasksUrl}?api_key=${own}`)).json()).toHaveProperty('response')
    expect(await (await world.http(`${world.tasksUrl}?api_key=wrong`)).json()).toEqual(REFUSED)
    expect(world.simulator.requests.map(({ query }) => query.api_key)).toEqual([own, 'wrong'])
    expect(world.refusals).toEqual([])
  })

  test('C10: after a redirect to another origin the key stays at home', async () => {
    const world = await startKeyWorld()
    const answer = await world.http(`${world.simulator.baseUrl}/api/v1/module/core/file/get/7`)
    expect([answer.status, await answer.text()]).toEqual([200, '%PDF-1.7'])
    const [api, file] = world.simulator.requests
    expect([api?.query, file?.query]).toEqual([{ api_key: API_KEY }, {}])
    expect(JSON.stringify(file)).not.toContain('canary')
  })

  test('C15: the key is in no answer, no error and no object, however it is printed', async () => {
    const world = await startKeyWorld()
    const good = await world.http(`${world.tasksUrl}?limit=1`)
    const redirected = await world.http(`${world.simulator.baseUrl}/api/v1/module/core/file/get/7`)
    world.simulator.deleteApiKey(API_KEY)
    const refused = await world.http(world.tasksUrl)
    world.simulator.dropReply({ on: 'api' })
    const error: unknown = await world.http(world.tasksUrl).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Error)
    const { credential, http, refusals } = world
    const seen = { good, copy: good.clone(), redirected, refused, error, credential, http, refusals }
    for (const customInspect of [true, false]) {
      const print = (value: unknown) => inspect(value, { depth: 9, showHidden: true, customInspect })
      expect(findLeaks(seen, [API_KEY], print)).toEqual([])
    }
    expect(good.url).toBe(`${world.tasksUrl}?limit=1`)
  })

  test.each(['c2ltLWtleQ==\n', 'two words', 'ключ'])(
    'the key %j is a mistake, and is reported immediately',
    (apiKey) => {
      expect(() => flowlu.apiKey({ company: 'acme', apiKey })).toThrow(
        expect.objectContaining({ code: 'invalid_option', vendor: 'flowlu', option: 'apiKey' }),
      )
    },
  )
})

describe('a key that Flowlu refuses', () => {
  test.each([200, 401] as const)(
    'Meaning of 11: with status %i it is final: one call, no replay, and the event says why',
    async (authorizationFailedStatus) => {
      const world = await startKeyWorld({ authorizationFailedStatus })
      world.simulator.deleteApiKey(API_KEY)
      const answer = await world.http(world.tasksUrl)
      expect([answer.status, await answer.json()]).toEqual([authorizationFailedStatus, REFUSED])
      expect(traffic(world)).toEqual([`api ${authorizationFailedStatus}`])
      expect(world.refusals).toMatchObject([{ status: authorizationFailedStatus, reason: 'api_key_refused' }])
    },
  )

  test('API-key properties: a deleted key is refused permanently, and each request asks once', async () => {
    const world = await startKeyWorld()
    await world.http(world.tasksUrl)
    world.simulator.deleteApiKey(API_KEY)
    for (let request = 0; request < 3; request += 1) await world.http(world.tasksUrl)
    expect([world.simulator.apiCalls(), world.refusals.length, world.simulator.tokenCalls()]).toEqual([4, 3, 0])
  })

  test.each([200, 401] as const)(
    'API-key properties: a new key from the vault is sent at once after a refusal with status %i',
    async (authorizationFailedStatus) => {
      let apiKey = API_KEY
      const world = await startKeyWorld({ authorizationFailedStatus }, { apiKey: async () => apiKey })
      await world.http(world.tasksUrl)
      apiKey = world.simulator.createApiKey()
      world.simulator.deleteApiKey(API_KEY)
      const url = world.tasksUrl.replace('/list', '/create')
      const answer = await world.http(url, { method: 'POST', body: new URLSearchParams({ name: 'Tow the barge' }) })
      expect(await answer.json()).toMatchObject({ response: { name: 'Tow the barge' } })
      const sent = world.simulator.requests.map(({ query, body }) => [query.api_key, body])
      expect(sent.slice(1)).toEqual([
        [API_KEY, 'name=Tow+the+barge'],
        [apiKey, 'name=Tow+the+barge'],
      ])
    },
  )

  test.each([200, 403] as const)(
    'API-key properties: what the key may not do is error 22, with status %i, and nothing is refused or sent again',
    async (accessDeniedStatus) => {
      const world = await startKeyWorld({ modules: ['crm'], accessDeniedStatus })
      const answer = await world.http(world.tasksUrl)
      expect([answer.status, await answer.json()]).toMatchObject([accessDeniedStatus, { error: { error_code: 22 } }])
      expect([world.simulator.apiCalls(), world.refusals]).toEqual([1, []])
    },
  )
})

function multipart(fields: Record<string, string>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  return form
}

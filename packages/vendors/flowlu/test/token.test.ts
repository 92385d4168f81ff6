import { describe, expect, test } from 'vitest'
import * as flowlu from '../src/index.ts'
import { ADMINISTRATOR, startTokenWorld, tokenForms, traffic } from './support/world.ts'

const MINUTE_MS = 60_000

describe('a token of Flowlu', () => {
  test('Placement: HTTP Basic with the user "bearer" and the token as its password', async () => {
    const world = await startTokenWorld()
    expect(await (await world.http(world.tasksUrl)).json()).toMatchObject({ response: { total: 4 } })
    const { accessToken } = await world.credential.getToken()
    const { authorization = '' } = world.simulator.requests.at(-1)?.headers ?? {}
    expect(authorization).toMatch(/^Basic [\w+/]+=*$/)
    expect(atob(authorization.replace('Basic ', ''))).toBe(`bearer:${accessToken}`)
  })

  test('Placement: Authorization: Bearer with the option that newer pages ask for', async () => {
    const world = await startTokenWorld({ acceptsBearer: true }, { placement: 'bearer' })
    expect(await (await world.http(world.tasksUrl)).json()).toHaveProperty('response')
    const { accessToken } = await world.credential.getToken()
    expect(world.simulator.requests.at(-1)?.headers.authorization).toBe(`Bearer ${accessToken}`)
  })

  test('Placement: any other is a mistake, and is reported immediately', () => {
    const options = { company: 'acme', tokenUrl: 'https://login.example.com/token', ...ADMINISTRATOR }
    const make = () => Reflect.apply(flowlu.password, undefined, [{ ...options, placement: 'query' }])
    expect(make).toThrow(`[flowlu] "placement" must be 'basic' or 'bearer'`)
  })

  test('C2: a request with the caller’s Authorization header is sent unchanged, and its refusal is the caller’s', async () => {
    const world = await startTokenWorld()
    const answer = await world.http(world.tasksUrl, { headers: { authorization: `Basic ${btoa('bearer:other')}` } })
    expect(await answer.json()).toMatchObject({ error: { error_code: 11 } })
    expect(traffic(world)).toEqual(['api 200'])
  })

  test('C10: after a redirect to another origin the token stays at home', async () => {
    const world = await startTokenWorld()
    const answer = await world.http(`${world.simulator.baseUrl}/api/v1/module/core/file/get/7`)
    expect([answer.status, await answer.text()]).toEqual([200, '%PDF-1.7'])
    expect(world.simulator.requests.at(-1)?.headers).not.toHaveProperty('authorization')
  })
})

describe.each([200, 401] as const)(
  'a token that Flowlu refuses with error 11 and status %i',
  (authorizationFailedStatus) => {
    test('Meaning of 11: is replaced by one new sign-in, and the request is replayed', async () => {
      const world = await startTokenWorld({ authorizationFailedStatus })
      await world.credential.getToken()
      world.simulator.revokeAll()
      expect(await (await world.http(world.tasksUrl)).json()).toHaveProperty('response')
      expect(traffic(world)).toEqual(['token 200', `api ${authorizationFailedStatus}`, 'token 200', 'api 200'])
      expect(tokenForms(world).map(({ grant_type }) => grant_type)).toEqual(['password', 'password'])
    })

    test('Meaning of 11: a POST is sent again byte for byte', async () => {
      const world = await startTokenWorld({ authorizationFailedStatus })
      await world.credential.getToken()
      world.simulator.revokeAll()
      const url = world.tasksUrl.replace('/list', '/create')
      const answer = await world.http(url, { method: 'POST', body: new URLSearchParams({ name: 'Tow the barge' }) })
      expect(await answer.json()).toEqual({ response: { id: 5, name: 'Tow the barge' } })
      const bodies = world.simulator.requests.filter(({ kind }) => kind === 'api').map(({ body }) => body)
      expect(bodies).toEqual(['name=Tow+the+barge', 'name=Tow+the+barge'])
    })

    test('Meaning of 11: the second one in a row is the caller’s to read', async () => {
      const world = await startTokenWorld({ authorizationFailedStatus })
      world.simulator.outage(true)
      const answer = await world.http(world.tasksUrl)
      expect([answer.status, await answer.json()]).toMatchObject([
        authorizationFailedStatus,
        { error: { error_code: 11 } },
      ])
      expect([world.simulator.tokenCalls(), world.simulator.apiCalls()]).toEqual([2, 2])
    })

    test('Password grant response: a token that died on the server without a word costs one sign-in', async () => {
      const world = await startTokenWorld({ authorizationFailedStatus, expiresIn: 60 })
      for (let use = 0; use < 3; use += 1) {
        expect(await (await world.http(world.tasksUrl)).json()).toHaveProperty('response')
        await world.clock.advance(MINUTE_MS)
      }
      expect(world.simulator.tokenCalls()).toBe(3)
    })

    test('Meaning of 11: a hundred requests at once cost one sign-in and no failure', {
      timeout: 60_000,
    }, async () => {
      const world = await startTokenWorld({ authorizationFailedStatus })
      await world.credential.getToken()
      world.simulator.revokeAll()
      const requests = Array.from({ length: 100 }, async () => (await world.http(`${world.tasksUrl}?limit=1`)).json())
      const answers: object[] = await Promise.all(requests)
      expect(answers.filter((answer) => !('response' in answer))).toEqual([])
      expect(world.simulator.tokenCalls()).toBe(2)
    })

    test('C12: an API that refuses every token is not signed in to for ever', async () => {
      const world = await startTokenWorld({ authorizationFailedStatus })
      world.simulator.outage(true)
      for (let request = 0; request < 50; request += 1) await (await world.http(world.tasksUrl)).body?.cancel()
      expect(world.simulator.tokenCalls()).toBeLessThanOrEqual(4)
      world.simulator.outage(false)
      await world.clock.advance(MINUTE_MS)
      expect(await (await world.http(world.tasksUrl)).json()).toHaveProperty('response')
    })
  },
)

describe('what is no refusal', () => {
  test.each([200, 401, 403])(
    'Status of errors: error 22 with status %i is permission, renews nothing, and can be read',
    async (status) => {
      const world = await startTokenWorld()
      const body = { error: { error_code: 22, error_msg: 'access denied' } }
      world.simulator.failNext({ on: 'api', status, body })
      const answer = await world.http(world.tasksUrl)
      expect([answer.status, await answer.json()]).toEqual([status, body])
      expect([traffic(world), world.refusals]).toEqual([['token 200', `api ${status}`], []])
    },
  )

  test.each([10, 12, 13, 20, 21, 30, 31])('Error envelope: error %i is the caller’s', async (error_code) => {
    const world = await startTokenWorld()
    world.simulator.failNext({ on: 'api', status: 200, body: { error: { error_code } } })
    expect(await (await world.http(world.tasksUrl)).json()).toEqual({ error: { error_code } })
    expect(traffic(world)).toEqual(['token 200', 'api 200'])
  })

  test.each([
    ['a success that speaks of error 11', '{"response":{"error":{"error_code":11}}}'],
    ['an HTML page', '<h1>error_code 11</h1>'],
    ['an empty answer', ''],
    ['a truncated one', '{"error":{"error_code":11'],
    ['a list above 64 KiB', JSON.stringify({ response: { items: ['x'.repeat(100_000)] }, error: { error_code: 11 } })],
  ])('Success envelope: %s is not a refusal, and reaches the caller whole', async (_, body) => {
    const world = await startTokenWorld()
    world.simulator.failNext({ on: 'api', status: 200, body })
    expect(await (await world.http(world.tasksUrl)).text()).toBe(body)
    expect(traffic(world)).toEqual(['token 200', 'api 200'])
  })

  test('Success envelope: of a list the program gets page by page what it asks for', async () => {
    const world = await startTokenWorld()
    const pages = [1, 2].map(async (page) => (await world.http(`${world.tasksUrl}?limit=3&page=${page}`)).json())
    expect(await Promise.all(pages)).toMatchObject([
      { response: { total: 4, page: 1, count: 3, items: [{ id: 1 }, {}, {}] } },
      { response: { total: 4, page: 2, count: 1, items: [{ id: 4 }] } },
    ])
  })

  test('Rate limits: a 429 of the API is the caller’s and renews nothing', async () => {
    const world = await startTokenWorld()
    world.simulator.failNext({ on: 'api', status: 429 })
    expect((await world.http(world.tasksUrl)).status).toBe(429)
    expect(traffic(world)).toEqual(['token 200', 'api 429'])
  })
})

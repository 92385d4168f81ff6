import { attachCredential } from '@valetkey/axios'
import { createTokenCredential } from '@valetkey/core'
import * as m2m from '@valetkey/m2m'
import axios, { type AxiosInstance } from 'axios'
import { describe, expect, test } from 'vitest'
import { CLIENT, startWorld, traffic } from './support/world.ts'

const TOKEN_ENDPOINT_DOWN = { on: 'token', status: 503, headers: { 'retry-after': '60' } } as const

describe('a refused request', () => {
  test('a 401 renews the token and sends the request again', async () => {
    const { vendor, http } = await startWorld()
    await http.get('/v1/items')
    vendor.revokeAll()
    expect((await http.get('/v1/items')).data).toMatchObject({ total: 3 })
    expect(traffic(vendor).slice(2)).toEqual(['api 401', 'token 200', 'api 200'])
  })

  test.each([403, 500])('a %d renews nothing', async (status) => {
    const { vendor, http } = await startWorld()
    vendor.failNext({ on: 'api', status })
    await expect(http.get('/v1/items')).rejects.toMatchObject({ response: { status } })
    expect(traffic(vendor)).toEqual(['token 200', `api ${status}`])
  })

  test('a request that gets no answer renews nothing, and its error is the caller’s', async () => {
    const { vendor, http } = await startWorld()
    vendor.dropReply({ on: 'api' })
    await expect(http.get('/v1/items')).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(vendor.tokenCalls()).toBe(1)
  })

  test('a second 401 in a row is the caller’s: one request is sent again once', async () => {
    const { vendor, http } = await startWorld()
    vendor.outage(true)
    await expect(http.get('/v1/items')).rejects.toMatchObject({ response: { status: 401 } })
    expect(traffic(vendor)).toEqual(['token 200', 'api 401', 'token 200', 'api 401'])
  })

  test('where `validateStatus` lets a 401 pass, it is renewed all the same', async () => {
    const { vendor, http } = await startWorld()
    await http.get('/v1/items')
    vendor.revokeAll()
    const { status } = await http.get('/v1/items', { validateStatus: () => true })
    expect(status).toBe(200)
  })
})

describe('what counts as a refusal is said by the credential', () => {
  test.each([
    ['another status', { status: 403, body: { message: 'expired' } }],
    ['a body with status 200', { status: 200, body: { business_error: 4001 } }],
  ])('%s', async (_, refusal) => {
    const { vendor } = await startWorld()
    let issued = 0
    const credential = createTokenCredential(
      {
        vendor: 'acme',
        origins: [vendor.baseUrl],
        identity: ['refuses'],
        grant: { acquire: async () => ({ accessToken: `token-${++issued}`, expiresIn: 3600 }) },
        async refuses(response) {
          const body = await response.json()
          return response.status === 403 || JSON.stringify(body).includes('"business_error":4001')
        },
      },
      { allowInsecureRequests: true },
    )
    const http = axios.create({ baseURL: vendor.baseUrl })
    attachCredential(http, { ...credential, untilKnown: () => undefined })
    vendor.failNext({ on: 'api', ...refusal })
    vendor.failNext({ on: 'api', status: 200, body: { total: 3 } })
    expect((await http.get('/v1/items')).data).toEqual({ total: 3 })
    expect(issued).toBe(2)
  })
})

describe('many requests at once', () => {
  test('five refused requests cost one refresh, and each is sent again', async () => {
    const { vendor, http } = await startWorld()
    await http.get('/v1/items')
    vendor.revokeAll()
    const answers = await Promise.all(Array.from({ length: 5 }, () => http.get('/v1/items')))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(vendor.tokenCalls()).toBe(2)
  })

  test('requests that begin while the first token is on its way wait for it', async () => {
    const { vendor, http } = await startWorld()
    const release = vendor.hold('token')
    const first = http.get('/v1/items')
    await vendor.waitForRequests('token', 1)
    const later = [http.get('/v1/items'), http.get('/v1/items')]
    expect(vendor.apiCalls()).toBe(0)
    release()
    await Promise.all([first, ...later])
    expect(traffic(vendor)).toEqual(['token 200', 'api 200', 'api 200', 'api 200'])
  })

  test('several instances with credentials of one store share a token and a refresh', async () => {
    const { vendor, credential, http } = await startWorld()
    const other = axios.create({ baseURL: vendor.baseUrl })
    attachCredential(other, { ...credential, untilKnown: () => undefined })
    await Promise.all([http.get('/v1/items'), other.get('/v1/items')])
    vendor.revokeAll()
    await Promise.all([http.get('/v1/items'), other.get('/v1/items')])
    expect(vendor.tokenCalls()).toBe(2)
  })
})

describe('a request that is left alone', () => {
  test('one with an Authorization of its own is sent as it is, and its 401 renews nothing', async () => {
    const { vendor, http } = await startWorld()
    const own = { headers: { authorization: 'Bearer own' } }
    await expect(http.get('/v1/items', own)).rejects.toMatchObject({ response: { status: 401 } })
    expect(traffic(vendor)).toEqual(['api 401'])
  })

  test('it does not wait for a refresh that is under way', async () => {
    const { vendor, http } = await startWorld()
    const release = vendor.hold('token')
    const waiting = http.get('/v1/items')
    await vendor.waitForRequests('token', 1)
    await expect(http.get('/v1/items', { headers: { authorization: 'Bearer own' } })).rejects.toThrow('401')
    release()
    expect((await waiting).status).toBe(200)
  })

  test('`replay: false` renews for the next request and gives the caller the 401', async () => {
    const { vendor, credential } = await startWorld()
    const http = axios.create({ baseURL: vendor.baseUrl })
    attachCredential(http, credential, { replay: false })
    await http.get('/v1/items')
    vendor.revokeAll()
    await expect(http.get('/v1/items')).rejects.toMatchObject({ response: { status: 401 } })
    expect((await http.get('/v1/items')).status).toBe(200)
    expect(vendor.tokenCalls()).toBe(2)
  })
})

describe('a refresh that fails', () => {
  test('rejects every waiting request with one typed error; none goes out without a token', async () => {
    const { vendor, http } = await startWorld()
    vendor.failNext({ ...TOKEN_ENDPOINT_DOWN, times: Number.POSITIVE_INFINITY })
    const results = await Promise.allSettled([http.get('/v1/items'), http.get('/v1/items')])
    for (const result of results)
      expect(result).toMatchObject({ reason: { code: 'token_unavailable', isRetryable: true } })
    expect(traffic(vendor)).toEqual(['token 503'])
  })

  test('leaves nothing behind: when the vendor is back, so are the requests', async () => {
    const { vendor, clock, http } = await startWorld()
    vendor.failNext(TOKEN_ENDPOINT_DOWN)
    await expect(http.get('/v1/items')).rejects.toMatchObject({ code: 'token_unavailable' })
    await clock.advance(60_000)
    expect((await http.get('/v1/items')).status).toBe(200)
    vendor.revokeAll()
    expect((await http.get('/v1/items')).status).toBe(200)
  })

  test('a client that the vendor does not know is said to be that', async () => {
    const { http } = await startWorld({ clientSecret: 'wrong' })
    await expect(http.get('/v1/items')).rejects.toMatchObject({ code: 'client_rejected', isRetryable: false })
  })

  test('an answer without a token in it is no token: the request is not sent', async () => {
    const { vendor, clock, http } = await startWorld()
    vendor.failNext({ on: 'token', status: 200, body: {}, times: Number.POSITIVE_INFINITY })
    const waiting = clock.runUntil(http.get('/v1/items'), 10_000)
    await expect(waiting).rejects.toMatchObject({ code: 'token_unavailable' })
    expect(vendor.apiCalls()).toBe(0)
  })
})

describe('the instance', () => {
  test('interceptors of the program run once for a request that is sent twice, and see the last answer only', async () => {
    const { vendor, http } = await startWorld()
    await http.get('/v1/items')
    vendor.revokeAll()
    const seen: string[] = []
    http.interceptors.request.use((config) => {
      seen.push('request')
      return config
    })
    http.interceptors.response.use(({ status, ...response }) => {
      seen.push(`response ${status}`)
      return { status, ...response }
    })
    await http.get('/v1/items')
    expect(seen).toEqual(['request', 'response 200'])
  })

  test('refreshes leave its interceptors as they are', async () => {
    const { vendor, http } = await startWorld()
    const before = countInterceptors(http.interceptors)
    await http.get('/v1/items')
    vendor.revokeAll()
    await http.get('/v1/items')
    expect(countInterceptors(http.interceptors)).toEqual(before)
  })

  test('a request goes through its own adapter both times', async () => {
    const { vendor, http } = await startWorld()
    await http.get('/v1/items')
    vendor.revokeAll()
    const authorizations: unknown[] = []
    const adapter = axios.getAdapter('http')
    const { status } = await http.get('/v1/items', {
      adapter(config) {
        authorizations.push(config.headers.get('authorization'))
        return adapter(config)
      },
    })
    expect(status).toBe(200)
    expect(new Set(authorizations).size).toBe(2)
  })

  test('what becomes of refused requests is told as events of the credential', async () => {
    const { vendor, credential, http } = await startWorld()
    const told: string[] = []
    credential.on('refused', ({ status }) => told.push(`refused ${status}`))
    credential.on('replayed', ({ status, accepted }) => told.push(`replayed ${status} ${accepted}`))
    await http.get('/v1/items')
    vendor.revokeAll()
    await Promise.all([http.get('/v1/items'), http.get('/v1/items')])
    expect(told.toSorted()).toEqual(['refused 401', 'refused 401', 'replayed 200 true', 'replayed 200 true'])
  })

  test('detached, it is as before', async () => {
    const { vendor, http, detach } = await startWorld()
    detach()
    await expect(http.get('/v1/items')).rejects.toMatchObject({ response: { status: 401 } })
    expect(traffic(vendor)).toEqual(['api 401'])
  })

  test('without a credential to attach, attaching fails at once', () => {
    // @ts-expect-error: as a program in JavaScript may call it
    expect(() => attachCredential(axios.create())).toThrow('"source"')
    expect(() => m2m.clientCredentials({ ...CLIENT, baseUrl: '' })).toThrow('"baseUrl"')
  })
})

function countInterceptors({ request, response }: AxiosInstance['interceptors']): unknown[] {
  return [request.handlers?.length, response.handlers?.length]
}

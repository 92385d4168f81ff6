import { Readable } from 'node:stream'
import { attachCredential } from '@valetkey/axios'
import * as m2m from '@valetkey/m2m'
import { type M2mSimulator, simulators } from '@valetkey/testing/simulators'
import axios, { type AxiosInstance } from 'axios'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createRefreshingInstance } from './support/auth-refresh.ts'
import { CLIENT } from './support/world.ts'

/** What differs, shown on both. */
const CLIENTS = { 'axios-auth-refresh': createRefreshingInstance, '@valetkey/axios': createInstance }

type ClientName = keyof typeof CLIENTS

describe.each<{ name: ClientName; calls: number }>([
  { name: 'axios-auth-refresh', calls: 3 },
  { name: '@valetkey/axios', calls: 2 },
])('with $name', ({ name, calls }) => {
  test(`a 401 that comes after the refresh costs ${calls - 2} further token calls`, async () => {
    const { vendor, http } = await startWorld(name)
    await http.get('/v1/items')
    vendor.revokeAll()
    const release = vendor.hold('api', 1)
    const late = http.get('/v1/items')
    await vendor.waitForRequests('api', vendor.apiCalls() + 1)
    await http.get('/v1/items')
    release()
    expect((await late).status).toBe(200)
    expect(vendor.tokenCalls()).toBe(calls)
  })
})

describe.each<{ name: ClientName; sent: string[] }>([
  { name: 'axios-auth-refresh', sent: ['"a stream" 401', '"" 404'] },
  { name: '@valetkey/axios', sent: ['"a stream" 401'] },
])('with $name', ({ name, sent }) => {
  test(`a refused stream is sent ${sent.length} times: ${sent.join(', then')}`, async () => {
    const { vendor, http } = await startWorld(name)
    await http.get('/v1/items')
    vendor.revokeAll()
    const from = vendor.requests.length
    await http.post('/v1/orders', Readable.from(['a stream'])).catch(() => {})
    const requests = vendor.requests.slice(from).filter(({ kind }) => kind === 'api')
    expect(requests.map(({ body, status }) => `"${body}" ${status}`)).toEqual(sent)
  })
})

describe.each<{ name: ClientName; runs: number }>([
  { name: 'axios-auth-refresh', runs: 2 },
  { name: '@valetkey/axios', runs: 1 },
])('with $name', ({ name, runs }) => {
  test(`an interceptor of the program runs ${runs} times for a refused request`, async () => {
    const { vendor, http } = await startWorld(name)
    await http.get('/v1/items')
    vendor.revokeAll()
    let count = 0
    http.interceptors.request.use((config) => {
      count += 1
      return config
    })
    await http.get('/v1/items')
    expect(count).toBe(runs)
  })
})

describe.each<{ name: ClientName; carries: unknown }>([
  { name: 'axios-auth-refresh', carries: expect.stringMatching(/^Bearer .+/) },
  { name: '@valetkey/axios', carries: undefined },
])('with $name', ({ name, carries }) => {
  test(`another host gets ${carries === undefined ? 'no' : 'the'} token`, async () => {
    const { http } = await startWorld(name)
    await using other = await simulators.m2m(CLIENT)
    await http.get('/v1/items')
    await http.get(`${other.baseUrl}/v1/items`).catch(() => {})
    expect(other.requests[0]?.headers.authorization).toEqual(carries)
  })
})

async function startWorld(name: ClientName) {
  const vendor = await simulators.m2m(CLIENT)
  onTestFinished(vendor.close)
  return { vendor, http: CLIENTS[name](vendor) }
}

function createInstance({ baseUrl, options }: M2mSimulator): AxiosInstance {
  const http = axios.create({ baseURL: baseUrl })
  const credential = m2m.clientCredentials(options)
  // The simulator knows each token at once.
  attachCredential(http, { ...credential, untilKnown: () => undefined })
  return http
}

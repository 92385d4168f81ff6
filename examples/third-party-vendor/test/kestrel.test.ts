import { inspect } from 'node:util'
import { memoryStore } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { findLeaks, virtualClock } from '@valetkey/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { KestrelOptions } from '../src/index.ts'
import * as kestrel from '../src/index.ts'
import { ONE_HOUR_MS, OWNER, startSimulator } from './support/simulator.ts'

describe('Kestrel', () => {
  test('is asked for one token for many requests, and gets it in the header X-Kestrel-Token', async () => {
    const { simulator, http, stationsUrl } = await startWorld()
    for (let request = 0; request < 3; request += 1) expect((await http(stationsUrl)).status).toBe(200)
    expect(simulator.traffic).toEqual(['token 200', 'api 200', 'api 200', 'api 200'])
    expect(simulator.carried).toEqual(['access-1', 'access-1', 'access-1'])
  })

  test('is asked for another token when the first expires, with the client’s secret again', async () => {
    const { simulator, clock, http, stationsUrl } = await startWorld()
    await http(stationsUrl)
    await clock.advance(ONE_HOUR_MS)
    expect((await http(stationsUrl)).status).toBe(200)
    expect(simulator.traffic.slice(2)).toEqual(['token 200', 'api 200'])
  })

  test('refuses a token early: it is renewed once and the request sent again', async () => {
    const { simulator, clock, http, stationsUrl } = await startWorld()
    await http(stationsUrl)
    // Of a younger token valetkey asks first whether the API knows it by now.
    await clock.advance(3_000)
    simulator.revokeAccessToken()
    expect((await http(stationsUrl)).status).toBe(200)
    expect(simulator.traffic.slice(2)).toEqual(['api 401', 'token 200', 'api 200'])
  })

  test('is the only one that gets the token', async () => {
    const { http, credential } = await startWorld()
    await using foreign = await startSimulator()
    await http(`${foreign.baseUrl}/stations`)
    expect(foreign.carried).toEqual([undefined])
    expect(credential.covers('https://api.kestrel.example')).toBe(false)
    expect(kestrel.clientCredentials(OWNER).covers('https://api.kestrel.example')).toBe(true)
  })

  test('says with status 200 that it does not know the client: client_rejected, and no secret is in the error', async () => {
    const { credential } = await startWorld({ clientSecret: 'canary-wrong' })
    const error: unknown = await credential.getToken().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'client_rejected', oauthError: 'invalid_client', vendor: 'kestrel' })
    expect(findLeaks(error, ['canary'], (value) => inspect(value, { depth: 9, showHidden: true }))).toEqual([])
  })

  test('says in X-Kestrel-Reset when a token may be asked for again', async () => {
    const { simulator, clock, credential } = await startWorld()
    const retryAt = clock.now() + 90_000
    simulator.limitNext(90)
    await expect(credential.getToken()).rejects.toMatchObject({ code: 'token_unavailable', retryAt })
    await clock.advance(90_000)
    expect((await credential.getToken()).accessToken).toBe('access-1')
    expect(simulator.traffic).toEqual(['token 429', 'token 200'])
  })
})

/** A simulator, and a program with a credential for it; both live by one clock. */
async function startWorld(options: Partial<KestrelOptions> = {}) {
  const simulator = await startSimulator()
  onTestFinished(async () => simulator[Symbol.asyncDispose]())
  const clock = virtualClock()
  const { baseUrl, tokenUrl } = simulator
  const credential = kestrel.clientCredentials({
    ...OWNER,
    baseUrl,
    tokenUrl,
    clock,
    store: memoryStore({ clock }),
    allowInsecureRequests: true,
    ...options,
  })
  return { simulator, clock, credential, http: withCredential(fetch, credential), stationsUrl: `${baseUrl}/stations` }
}

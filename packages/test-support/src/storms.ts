/// <reference lib="esnext.disposable" />
import type { TokenCredential } from '@valetkey/core'
import type { Simulator } from '@valetkey/testing/simulators'
import { describe, expect, test } from 'vitest'
import { rejection } from './rejection.ts'
import { overRetries, type Timed } from './retry-time.ts'

/** A program and its vendor, whose quotas do not end. */
export interface StormWorld extends Timed, AsyncDisposable {
  readonly simulator: Simulator
  readonly credential: TokenCredential
  /** The program's `fetch`. */
  readonly http: typeof fetch
}

export interface StormOptions {
  start(): Promise<StormWorld>
  /** With a token that has just expired. */
  startExpired(): Promise<StormWorld>
  /** Of the API, for every good token. */
  readonly path: string
  /** How a token is renewed. */
  readonly grantType: 'refresh_token' | 'client_credentials'
}

const MINUTE_MS = 60_000

/** Thousands of real connections take seconds on a busy machine. */
const SLOW = { timeout: 60_000 }

const ALL_GOOD = Array.from({ length: 1000 }, () => 200)

/** A thousand requests at once, and an API that refuses good tokens. */
export function testStorms({ start, startExpired, path, grantType }: StormOptions): void {
  const read = async ({ http, simulator }: StormWorld): Promise<number> => {
    const answer = await http(`${simulator.baseUrl}${path}`)
    await answer.body?.cancel()
    return answer.status
  }
  /** In one turn; the statuses of their answers. */
  const thousandRequests = (world: StormWorld): Promise<number[]> =>
    Promise.all(Array.from({ length: 1000 }, () => read(world)))

  /** The first token was acquired, the next came by a refresh. */
  const expectOneRefresh = ({ simulator }: StormWorld): void => {
    expect(simulator.tokenCalls()).toBe(2)
    expect(simulator.requests.findLast(({ kind }) => kind === 'token')?.grantType).toBe(grantType)
  }

  describe('a thousand requests at once', SLOW, () => {
    test('over an expired token cost exactly one token call and no failure', async () => {
      await using world = await startExpired()
      expect(await thousandRequests(world)).toEqual(ALL_GOOD)
      expectOneRefresh(world)
    })

    test('whose token the API refuses to all of them cost exactly one token call and no failure', async () => {
      await using world = await start()
      await world.credential.getToken()
      world.simulator.revokeAll()
      expect(await thousandRequests(world)).toEqual(ALL_GOOD)
      expectOneRefresh(world)
      expect(world.simulator.apiCalls()).toBe(2000)
    })

    test('whose 401s arrive late, when a newer token is there, cost no token call and no failure', async () => {
      await using world = await start()
      await world.credential.getToken()
      const release = world.simulator.hold('api', 1000)
      const late = thousandRequests(world)
      await world.simulator.waitForRequests('api', 1000)
      world.simulator.revokeAll()
      expect(await read(world)).toBe(200)
      expect(world.simulator.tokenCalls()).toBe(2)
      release()
      expect(await late).toEqual(ALL_GOOD)
      expect(world.simulator.tokenCalls()).toBe(2)
      expect(world.simulator.apiCalls()).toBe(2002)
    })

    test('lose nothing by three 500s of the token endpoint', async () => {
      await using world = await startExpired()
      world.simulator.failNext({ on: 'token', times: 3 })
      expect(await overRetries(world, thousandRequests(world))).toEqual(ALL_GOOD)
      const tokenCalls = world.simulator.requests.filter(({ kind }) => kind === 'token')
      expect(tokenCalls.map(({ status }) => status)).toEqual([200, 500, 500, 500, 200])
    })

    test('all get token_unavailable with retryAt at the fourth 500, and none is sent without a token', async () => {
      await using world = await startExpired()
      world.simulator.failNext({ on: 'token', times: 4 })
      const requests = Array.from({ length: 1000 }, () => rejection(read(world), 'token_unavailable'))
      const errors = await overRetries(world, Promise.all(requests))
      expect(new Set(errors.map(({ retryAt }) => retryAt)).size).toBe(1)
      expect(errors[0]?.retryAt).toBeGreaterThan(world.clock.now())
      expect([world.simulator.tokenCalls(), world.simulator.apiCalls()]).toEqual([5, 0])
    })
  })

  describe('an outage in which the API answers 401 to good tokens (C12)', SLOW, () => {
    test('gets a limited number of tokens, returns the 401s to the callers, and recovers without a restart', async () => {
      await using world = await start()
      expect(await read(world)).toBe(200)
      world.simulator.outage(true)
      for (let request = 0; request < 50; request += 1) expect(await read(world)).toBe(401)
      const mintedAtOnce = world.simulator.tokenCalls()
      expect(mintedAtOnce).toBeLessThanOrEqual(3)
      for (let minute = 0; minute < 10; minute += 1) {
        await world.clock.advance(MINUTE_MS)
        for (let request = 0; request < 10; request += 1) expect(await read(world)).toBe(401)
      }
      expect(world.simulator.tokenCalls() - mintedAtOnce).toBeLessThanOrEqual(10)
      world.simulator.outage(false)
      await world.clock.advance(MINUTE_MS)
      expect(await read(world)).toBe(200)
      expect(world.simulator.tokenCalls() - mintedAtOnce).toBeLessThanOrEqual(11)
    })

    test('a thousand requests into the outage mint no more', async () => {
      await using world = await start()
      await world.credential.getToken()
      world.simulator.outage(true)
      expect(new Set(await thousandRequests(world))).toEqual(new Set([401]))
      expect(world.simulator.tokenCalls()).toBeLessThanOrEqual(3)
    })
  })
}

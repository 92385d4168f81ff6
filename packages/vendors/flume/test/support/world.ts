import { withCredential } from '@valetkey/fetch'
import { virtualClock } from '@valetkey/testing'
import { type FlumeSimulator, type FlumeSimulatorOptions, flumeSimulator } from '@valetkey/testing/simulators'
import { createTokenWorld, type TokenWorld, withExpiredToken } from '@valetkey-app/test-support/token-world'

import type { FlumeOptions } from '../../src/index.ts'
import * as flume from '../../src/index.ts'

export const OWNER = {
  clientId: 'client-4711',
  clientSecret: 'canary-client-secret',
  username: 'owner@example.com',
  password: 'canary-password',
}

export const SEVEN_DAYS_MS = 604_800_000

/** One user of Flume, and the program that reads this user's water meter. */
export interface World extends TokenWorld<FlumeSimulator, FlumeOptions> {
  /** The program's `fetch`. */
  readonly http: typeof fetch
}

export async function startWorld(
  simulatorOptions: Partial<FlumeSimulatorOptions> = {},
  options: Partial<FlumeOptions> = {},
): Promise<World> {
  const clock = virtualClock()
  const simulator = await flumeSimulator({ ...OWNER, clock, ...simulatorOptions })
  const world = createTokenWorld(simulator, clock, options, (own) =>
    flume.password({ ...simulator.options, ...OWNER, ...own }),
  )
  return { ...world, http: withCredential(fetch, world.credential) }
}

/** A world that has tokens, and whose access token has just expired. */
export async function startExpiredWorld(
  ...options: Parameters<typeof startWorld>
): Promise<World & { readonly accessToken: string }> {
  return withExpiredToken(await startWorld(...options), SEVEN_DAYS_MS)
}

/** What the token requests sent, oldest first. */
export function tokenBodies({ simulator }: World): Record<string, string>[] {
  return simulator.requests.filter(({ kind }) => kind === 'token').map(({ body }) => JSON.parse(body))
}

export function grantTypes(world: World): (string | undefined)[] {
  return tokenBodies(world).map((body) => body.grant_type)
}

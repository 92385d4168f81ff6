import { withCredential } from '@valetkey/fetch'
import { virtualClock } from '@valetkey/testing'
import {
  type AirthingsSimulator,
  type AirthingsSimulatorOptions,
  airthingsSimulator,
} from '@valetkey/testing/simulators'
import { createTokenWorld, type TokenWorld, withExpiredToken } from '@valetkey-app/test-support/token-world'

import type { AirthingsOptions } from '../../src/index.ts'
import * as airthings from '../../src/index.ts'

export const CLIENT = { clientId: 'b8a19a7d-0000-4000-8000-3ffacc726fe3', clientSecret: 'canary-client-secret' }

export const THREE_HOURS_MS = 10_800_000

/** One Airthings client, and the program that reads its devices. */
export interface World extends TokenWorld<AirthingsSimulator, AirthingsOptions> {
  /** The program's `fetch`. */
  readonly http: typeof fetch
  /** A path of the API that every good token may read. */
  readonly accountsUrl: string
}

export async function startWorld(
  simulatorOptions: Partial<AirthingsSimulatorOptions> = {},
  options: Partial<AirthingsOptions> = {},
): Promise<World> {
  const clock = virtualClock()
  const simulator = await airthingsSimulator({ ...CLIENT, clock, ...simulatorOptions })
  const world = createTokenWorld(simulator, clock, options, (own) =>
    airthings.clientCredentials({ ...simulator.optionsFor(airthings.clientCredentials), ...CLIENT, ...own }),
  )
  return { ...world, http: withCredential(fetch, world.credential), accountsUrl: `${simulator.baseUrl}/v1/accounts` }
}

/** A world that has a token which has just expired. */
export async function startExpiredWorld(
  ...options: Parameters<typeof startWorld>
): Promise<World & { readonly accessToken: string }> {
  return withExpiredToken(await startWorld(...options), THREE_HOURS_MS)
}

/** What the token requests sent, oldest first. */
export function tokenBodies({ simulator }: World): Record<string, unknown>[] {
  return simulator.requests.filter(({ kind }) => kind === 'token').map(({ body }) => JSON.parse(body))
}

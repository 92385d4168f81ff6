import { memoryStore, type TokenCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { type VirtualClock, virtualClock } from '@valetkey/testing'
import { type M2mSimulator, type M2mSimulatorOptions, m2mSimulator } from '@valetkey/testing/simulators'
import { onTestFinished } from 'vitest'

import type { M2mOptions } from '../../src/index.ts'
import * as m2m from '../../src/index.ts'

export const CLIENT = { clientId: 'harbour-office', clientSecret: 'canary-client-secret' }

export const ONE_HOUR_MS = 3_600_000

/** One customer of the platform, and a program of theirs; both live by one clock. */
export interface World {
  readonly clock: VirtualClock
  readonly simulator: M2mSimulator
  readonly credential: TokenCredential
  /** The program's `fetch`. */
  readonly http: typeof fetch
  /** A path of the API that every good token may read. */
  readonly itemsUrl: string
}

export async function startWorld(
  simulatorOptions: Partial<M2mSimulatorOptions> = {},
  options: Partial<M2mOptions> = {},
): Promise<World> {
  const clock = virtualClock()
  const simulator = await m2mSimulator({ ...CLIENT, clock, ...simulatorOptions })
  onTestFinished(() => simulator.close())
  const store = memoryStore({ clock })
  // Where the token endpoint is on that host is the package's to know.
  const { tokenUrl: _tokenUrl, ...known } = simulator.options
  const credential = m2m.clientCredentials({
    ...known,
    ...CLIENT,
    clock,
    store,
    ...options,
  })
  return {
    clock,
    simulator,
    credential,
    http: withCredential(fetch, { ...credential, untilKnown: () => undefined }),
    itemsUrl: `${simulator.baseUrl}/v1/items`,
  }
}

/** `token 200`, `api 401` … in the order in which they arrived. */
export function traffic({ simulator }: World): string[] {
  return simulator.requests.map(({ kind, status }) => `${kind} ${status}`)
}

/** What the Basic header of the last token request holds. */
export function lastBasic({ simulator }: World): string {
  const { authorization = '' } = simulator.requests.findLast(({ kind }) => kind === 'token')?.headers ?? {}
  return Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString()
}

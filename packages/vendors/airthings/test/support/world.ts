/// <reference lib="esnext.disposable" />
import { memoryStore, type TokenCredential, type TokenStore } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { type VirtualClock, virtualClock } from '@valetkey/testing'
import {
  type AirthingsSimulator,
  type AirthingsSimulatorOptions,
  airthingsSimulator,
} from '@valetkey/testing/simulators'
import { withExpiredToken } from '@valetkey-app/test-support/expired'

import { type AirthingsOptions, airthings } from '../../src/index.ts'

export const CLIENT = { clientId: 'b8a19a7d-0000-4000-8000-3ffacc726fe3', clientSecret: 'canary-client-secret' }

export const THREE_HOURS_MS = 10_800_000

/** One Airthings client, and the program that reads its devices; both live by one clock. */
export interface World extends AsyncDisposable {
  readonly clock: VirtualClock
  readonly simulator: AirthingsSimulator
  readonly store: TokenStore
  readonly credential: TokenCredential
  /** The program's `fetch`. */
  readonly http: typeof fetch
  /** A path of the API that every good token may read. */
  readonly accountsUrl: string
  /** Another credential for the same simulator, store and clock. */
  connect(options?: Partial<AirthingsOptions>): TokenCredential
}

export async function startWorld(
  simulatorOptions: Partial<AirthingsSimulatorOptions> = {},
  options: Partial<AirthingsOptions> = {},
): Promise<World> {
  const clock = virtualClock()
  const simulator = await airthingsSimulator({ ...CLIENT, clock, ...simulatorOptions })
  const store = memoryStore({ clock })
  const credentials: TokenCredential[] = []
  const connect = (more: Partial<AirthingsOptions> = {}) => {
    const { baseUrl, tokenUrl } = simulator
    const own = { ...CLIENT, baseUrl, tokenUrl, allowInsecureRequests: true, clock, store, ...options, ...more }
    const credential = airthings.clientCredentials(own)
    credentials.push(credential)
    return credential
  }
  const credential = connect()
  return {
    clock,
    simulator,
    store,
    credential,
    http: withCredential(fetch, credential),
    accountsUrl: `${simulator.baseUrl}/v1/accounts`,
    connect,
    async [Symbol.asyncDispose]() {
      simulator.recover()
      await Promise.all(credentials.map((each) => each.close()))
      await simulator.close()
    },
  }
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

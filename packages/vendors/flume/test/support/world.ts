/// <reference lib="esnext.disposable" />
import { memoryStore, type TokenCredential, type TokenStore } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { type VirtualClock, virtualClock } from '@valetkey/testing'
import { type FlumeSimulator, type FlumeSimulatorOptions, flumeSimulator } from '@valetkey/testing/simulators'
import { withExpiredToken } from '@valetkey-app/test-support/expired'

import { type FlumeOptions, flume } from '../../src/index.ts'

export const OWNER = {
  clientId: 'client-4711',
  clientSecret: 'canary-client-secret',
  username: 'owner@example.com',
  password: 'canary-password',
}

export const SEVEN_DAYS_MS = 604_800_000

/** One user of Flume, and the program that reads this user's water meter; both live by one clock. */
export interface World extends AsyncDisposable {
  readonly clock: VirtualClock
  readonly simulator: FlumeSimulator
  readonly store: TokenStore
  readonly credential: TokenCredential
  /** The program's `fetch`. */
  readonly http: typeof fetch
  /** Another credential for the same simulator, store and clock. */
  connect(options?: Partial<FlumeOptions>): TokenCredential
}

export async function startWorld(
  simulatorOptions: Partial<FlumeSimulatorOptions> = {},
  options: Partial<FlumeOptions> = {},
): Promise<World> {
  const clock = virtualClock()
  const simulator = await flumeSimulator({ ...OWNER, clock, ...simulatorOptions })
  const store = memoryStore({ clock })
  const credentials: TokenCredential[] = []
  const connect = (more: Partial<FlumeOptions> = {}) => {
    const { baseUrl } = simulator
    const credential = flume.password({
      ...OWNER,
      baseUrl,
      allowInsecureRequests: true,
      clock,
      store,
      ...options,
      ...more,
    })
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
    connect,
    async [Symbol.asyncDispose]() {
      simulator.recover()
      await Promise.all(credentials.map((each) => each.close()))
      await simulator.close()
    },
  }
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

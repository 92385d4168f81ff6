/// <reference lib="esnext.disposable" />
import { memoryStore, type TokenCredential, type TokenStore } from '@valetkey/core'
import type { VirtualClock } from '@valetkey/testing'
import type { Simulator } from '@valetkey/testing/simulators'

/** A vendor and a program that has tokens of it; both live by one clock. */
export interface TokenWorld<Vendor extends Simulator, Options> extends AsyncDisposable {
  readonly clock: VirtualClock
  readonly simulator: Vendor
  readonly store: TokenStore
  readonly credential: TokenCredential
  /** Another credential for the same simulator, store and clock. */
  connect(options?: Partial<Options>): TokenCredential
}

/** @param create makes a credential with these options, which hold store and clock; `options` are those of all of them */
export function createTokenWorld<Vendor extends Simulator, Options>(
  simulator: Vendor,
  clock: VirtualClock,
  options: Partial<Options>,
  create: (options: Partial<Options>) => TokenCredential,
): TokenWorld<Vendor, Options> {
  const store = memoryStore({ clock })
  const credentials: TokenCredential[] = []
  const connect = (more: Partial<Options> = {}): TokenCredential => {
    const credential = knownAtOnce(create({ allowInsecureRequests: true, clock, store, ...options, ...more }))
    credentials.push(credential)
    return credential
  }
  return {
    clock,
    simulator,
    store,
    credential: connect(),
    connect,
    async [Symbol.asyncDispose]() {
      simulator.recover()
      await Promise.all(credentials.map((each) => each.close()))
      await simulator.close()
    },
  }
}

/** The simulators know each token as soon as they issue it, so no request waits to see whether they learn of it. */
function knownAtOnce(credential: TokenCredential): TokenCredential {
  const members = { ...Object.getOwnPropertyDescriptors(credential), untilKnown: { value: () => undefined } }
  return Object.defineProperties({}, members) as TokenCredential
}

/** The same world once it has a token which has just expired, and that token. */
export async function withExpiredToken<World extends Pick<TokenWorld<Simulator, unknown>, 'clock' | 'credential'>>(
  world: World,
  lifetimeMs: number,
): Promise<World & { readonly accessToken: string }> {
  const { accessToken } = await world.credential.getToken()
  await world.clock.advance(lifetimeMs)
  return { ...world, accessToken }
}

import { memoryStore } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import type { PendingSignIn, SignInCredential } from '@valetkey/oauth2'
import { type VirtualClock, virtualClock } from '@valetkey/testing'
import {
  type AirthingsSimulator,
  type AirthingsSimulatorOptions,
  airthingsSimulator,
} from '@valetkey/testing/simulators'
import { onTestFinished } from 'vitest'

import type { AirthingsSignInOptions } from '../../src/index.ts'
import * as airthings from '../../src/index.ts'
import { CLIENT } from './world.ts'

export const REDIRECT_URI = 'https://air.example.com/airthings/callback?from=airthings'

/** A program that Airthings' users sign in to; both live by one clock. */
export interface SignInWorld {
  readonly clock: VirtualClock
  readonly simulator: AirthingsSimulator
  readonly credential: SignInCredential
  /** The program's `fetch`. */
  readonly http: typeof fetch
  readonly accountsUrl: string
}

export async function startSignInWorld(
  simulatorOptions: Partial<AirthingsSimulatorOptions> = {},
  options: Partial<AirthingsSignInOptions> = {},
): Promise<SignInWorld> {
  const clock = virtualClock()
  const simulator = await airthingsSimulator({ ...CLIENT, clock, redirectUris: [REDIRECT_URI], ...simulatorOptions })
  const credential = airthings.authorizationCode({
    ...simulator.options,
    ...CLIENT,
    redirectUri: REDIRECT_URI,
    ...{ clock, store: memoryStore({ clock }) },
    ...options,
  })
  onTestFinished(async () => {
    simulator.recover()
    await credential.close()
    await simulator.close()
  })
  return {
    clock,
    simulator,
    credential,
    http: withCredential(fetch, { ...credential, untilKnown: () => undefined }),
    accountsUrl: `${simulator.baseUrl}/v1/accounts`,
  }
}

/** A user signs in and allows what is asked for. */
export async function signIn(
  { simulator, credential }: SignInWorld,
  { account }: { account?: string } = {},
): Promise<PendingSignIn> {
  const own = account === undefined ? credential : credential.for(account)
  const { url, signIn: pending } = await own.beginSignIn()
  await own.completeSignIn(simulator.approve(url, { account }), pending)
  return pending
}

import { memoryStore } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import type { PendingSignIn, SignInCredential } from '@valetkey/oauth2'
import { type VirtualClock, virtualClock } from '@valetkey/testing'
import {
  type BluesondeSimulator,
  type BluesondeSimulatorOptions,
  bluesondeSimulator,
} from '@valetkey/testing/simulators'
import { onTestFinished } from 'vitest'

import type { BluesondeSignInOptions } from '../../src/index.ts'
import * as bluesonde from '../../src/index.ts'

/** Form-encoded, neither the id nor the secret looks as it does here. */
export const CLIENT = { clientId: 'buoy charts', clientSecret: 'canary+secret/with=signs %' }
export const PUBLIC_CLIENT = { clientId: 'buoy-charts-app' }
export const REDIRECT_URI = 'https://charts.example.com/bluesonde/callback'

/** A program that people of other organisations sign in to; all live by one clock. */
export interface SignInWorld {
  readonly clock: VirtualClock
  readonly simulator: BluesondeSimulator
  readonly credential: SignInCredential
  /** The program's `fetch`. */
  readonly http: typeof fetch
  readonly devicesUrl: string
  /** The same program in another process, with a store of its own unless one is given. */
  connect(options?: Partial<BluesondeSignInOptions>): SignInCredential
}

export async function startSignInWorld(
  client: Pick<BluesondeSignInOptions, 'clientId'> & { readonly clientSecret?: string } = CLIENT,
  simulatorOptions: Partial<BluesondeSimulatorOptions> = {},
  options: Partial<BluesondeSignInOptions> = {},
): Promise<SignInWorld> {
  const clock = virtualClock()
  const simulator = await bluesondeSimulator({ ...client, clock, redirectUris: [REDIRECT_URI], ...simulatorOptions })
  const credentials: SignInCredential[] = []
  const known = { ...simulator.optionsFor(bluesonde.authorizationCode), ...client, redirectUri: REDIRECT_URI }
  const connect = (more: Partial<BluesondeSignInOptions> = {}) => {
    const store = memoryStore({ clock })
    const credential = bluesonde.authorizationCode({ ...known, clock, store, ...options, ...more })
    credentials.push(credential)
    return credential
  }
  onTestFinished(async () => {
    simulator.recover()
    await Promise.all(credentials.map((each) => each.close()))
    await simulator.close()
  })
  const credential = connect()
  return {
    clock,
    simulator,
    credential,
    http: withCredential(fetch, { ...credential, untilKnown: () => undefined }),
    devicesUrl: `${simulator.baseUrl}/v1/devices`,
    connect,
  }
}

/** A person signs in and allows what is asked for. */
export async function signIn({ simulator, credential }: SignInWorld): Promise<PendingSignIn> {
  const { url, signIn: pending } = await credential.beginSignIn()
  await credential.completeSignIn(simulator.approve(url), pending)
  return pending
}

/** The token requests, oldest first. */
export function tokenRequests({ simulator }: SignInWorld) {
  return simulator.requests
    .filter(({ kind }) => kind === 'token')
    .map(({ headers, query, body, status }) => {
      const authorization = headers.authorization?.replace(/^Basic /, '')
      const basic = authorization === undefined ? undefined : atob(authorization)
      return {
        basic,
        query,
        contentType: headers['content-type'],
        body: Object.fromEntries(new URLSearchParams(body)),
        status,
      }
    })
}

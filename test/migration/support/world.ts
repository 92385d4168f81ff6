import { attachCredential } from '@valetkey/axios'
import { memoryStore, type TokenCredential } from '@valetkey/core'
import type { M2mOptions } from '@valetkey/m2m'
import * as m2m from '@valetkey/m2m'
import { type VirtualClock, virtualClock } from '@valetkey/testing'
import { type M2mSimulator, simulators } from '@valetkey/testing/simulators'
import axios, { type AxiosInstance } from 'axios'
import { onTestFinished } from 'vitest'

export const CLIENT = { clientId: 'harbour-office', clientSecret: 'example-secret' }

export interface World {
  readonly vendor: M2mSimulator
  readonly clock: VirtualClock
  readonly credential: TokenCredential
  readonly http: AxiosInstance
  readonly detach: () => void
}

/** A vendor whose tokens last an hour, and an axios instance with a credential for it; both live by one clock. */
export async function startWorld(options: Partial<M2mOptions> = {}): Promise<World> {
  const clock = virtualClock()
  const vendor = await simulators.m2m({ ...CLIENT, clock })
  onTestFinished(vendor.close)
  const credential = m2m.clientCredentials({
    ...CLIENT,
    baseUrl: vendor.baseUrl,
    clock,
    store: memoryStore({ clock }),
    allowInsecureRequests: true,
    ...options,
  })
  const http = axios.create({ baseURL: vendor.baseUrl })
  // The simulator knows each token at once.
  return {
    vendor,
    clock,
    credential,
    http,
    detach: attachCredential(http, { ...credential, untilKnown: () => undefined }),
  }
}

/** `token 200`, `api 401` … in the order in which they were answered. */
export function traffic({ requests }: M2mSimulator): string[] {
  return requests.map(({ kind, status }) => `${kind} ${status}`)
}

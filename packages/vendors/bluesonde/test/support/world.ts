import type { ApiKeyCredential, CredentialEvents } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import {
  type BluesondeSimulator,
  type BluesondeSimulatorOptions,
  bluesondeSimulator,
} from '@valetkey/testing/simulators'
import { onTestFinished } from 'vitest'

import type { BluesondeApiKeyOptions } from '../../src/index.ts'
import * as bluesonde from '../../src/index.ts'

export const API_KEY = 'sk_live_canary00000000789'

/** One organisation with buoys, and a program of theirs. */
export interface World {
  readonly simulator: BluesondeSimulator
  readonly credential: ApiKeyCredential
  /** The program's `fetch`. */
  readonly http: typeof fetch
  /** A path of the API that every key with `devices:read` may read. */
  readonly devicesUrl: string
  /** What the event `refused` told so far. */
  readonly refusals: readonly CredentialEvents['refused'][]
}

export async function startWorld(
  simulatorOptions: Partial<BluesondeSimulatorOptions> = {},
  options: Partial<BluesondeApiKeyOptions> = {},
): Promise<World> {
  const simulator = await bluesondeSimulator({ apiKey: API_KEY, ...simulatorOptions })
  onTestFinished(() => simulator.close())
  const credential = bluesonde.apiKey({ ...simulator.optionsFor(bluesonde.apiKey), apiKey: API_KEY, ...options })
  const refusals: CredentialEvents['refused'][] = []
  credential.on('refused', (event) => refusals.push(event))
  return {
    simulator,
    credential,
    http: withCredential(fetch, credential),
    devicesUrl: `${simulator.baseUrl}/v1/devices`,
    refusals,
  }
}

/** `token 200`, `api 401` … in the order in which they arrived. */
export function traffic({ simulator }: World): string[] {
  return simulator.requests.map(({ kind, status }) => `${kind} ${status}`)
}

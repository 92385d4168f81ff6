import { type ApiKeyCredential, type CredentialEvents, memoryStore, type TokenCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { type VirtualClock, virtualClock } from '@valetkey/testing'
import { type FlowluSimulator, type FlowluSimulatorOptions, flowluSimulator } from '@valetkey/testing/simulators'
import { onTestFinished } from 'vitest'

import type { FlowluApiKeyOptions, FlowluPasswordOptions } from '../../src/index.ts'
import * as flowlu from '../../src/index.ts'

/** Looks like Base64, as Flowlu's keys do: a query has other uses for `+`, `/` and `=`. */
export const API_KEY = 'Y2FuYXJ5LWFwaS1rZXk+canary/+=='

export const ADMINISTRATOR = {
  clientId: 'android_app_v1',
  username: 'owner@example.com',
  password: 'canary-password',
}

/** One company at Flowlu, and a program of theirs. */
export interface World<Held = ApiKeyCredential | TokenCredential> {
  readonly simulator: FlowluSimulator
  readonly credential: Held
  /** The program's `fetch`. */
  readonly http: typeof fetch
  /** A list that every good key or token may read. */
  readonly tasksUrl: string
  /** What the event `refused` told so far. */
  readonly refusals: readonly CredentialEvents['refused'][]
}

/** With an API key. */
export async function startKeyWorld(
  simulatorOptions: Partial<FlowluSimulatorOptions> = {},
  options: Partial<FlowluApiKeyOptions> = {},
): Promise<World<ApiKeyCredential>> {
  const simulator = await flowluSimulator({ apiKey: API_KEY, ...simulatorOptions })
  onTestFinished(() => simulator.close())
  const own = { ...simulator.optionsFor(flowlu.apiKey), company: 'acme', apiKey: API_KEY }
  return program(simulator, flowlu.apiKey({ ...own, ...options }))
}

/** With an administrator's token; simulator and credential live by one clock. */
export async function startTokenWorld(
  simulatorOptions: Partial<FlowluSimulatorOptions> = {},
  options: Partial<FlowluPasswordOptions> = {},
): Promise<World<TokenCredential> & { readonly clock: VirtualClock }> {
  const clock = virtualClock()
  const { clientId: _clientId, ...user } = ADMINISTRATOR
  const simulator = await flowluSimulator({ ...user, clock, ...simulatorOptions })
  const own = { ...simulator.optionsFor(flowlu.password), company: 'acme', ...ADMINISTRATOR }
  const credential = flowlu.password({ ...own, clock, store: memoryStore({ clock }), ...options })
  onTestFinished(async () => {
    simulator.recover()
    await credential.close()
    await simulator.close()
  })
  return { clock, ...program(simulator, credential) }
}

function program<Held extends ApiKeyCredential | TokenCredential>(
  simulator: FlowluSimulator,
  credential: Held,
): World<Held> {
  const refusals: CredentialEvents['refused'][] = []
  credential.on('refused', (event) => refusals.push(event))
  const tasksUrl = `${simulator.baseUrl}/api/v1/module/task/tasks/list`
  // The simulator knows each token at once.
  const known = { ...credential, untilKnown: () => undefined }
  return { simulator, credential, http: withCredential(fetch, known), tasksUrl, refusals }
}

/** `token 200`, `api 401` … in the order in which they arrived. */
export function traffic({ simulator }: World): string[] {
  return simulator.requests.map(({ kind, status }) => `${kind} ${status}`)
}

/** What the token requests sent, oldest first. */
export function tokenForms({ simulator }: World): Record<string, string>[] {
  const requests = simulator.requests.filter(({ kind }) => kind === 'token')
  return requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))
}

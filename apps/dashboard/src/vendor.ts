import type { ApiKeyCredential, TokenCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import type { Simulator } from '@valetkey/testing/simulators'
import { type Api, createApi } from './api.ts'
import { createCounters, type Figures } from './figures.ts'
import { describeProblem } from './problem.ts'
import type { Step } from './steps.ts'

/** One vendor, with its client, its credential and what was counted and read. */
export interface Vendor {
  readonly name: string
  readonly source: Figures['source']
  figures(): Figures
  /** Reads the vendor's devices and keeps what they say, or why that failed. Rejects as the request does. */
  read(signal?: AbortSignal): Promise<void>
  /** One small request. */
  touch(): Promise<void>
  /** What only a simulated vendor lets one do. */
  readonly simulation: Simulation | undefined
  /** Resolves when no token is on its way to be stored any more. */
  close(): Promise<void>
}

export interface Simulation {
  readonly simulator: Simulator
  /** What the scenario does to it, in this order. */
  readonly steps: readonly Step[]
}

export type AnyCredential = TokenCredential | ApiKeyCredential

export interface VendorParts<C extends AnyCredential = AnyCredential> {
  readonly name: string
  readonly baseUrl: string
  /** @param fetch for the token requests */
  open(fetch: typeof globalThis.fetch): C
  /** One line per device. */
  read(api: Api, credential: C): Promise<readonly string[]>
  touch(api: Api): Promise<unknown>
  readonly simulation?: Simulation | undefined
}

export function createVendor<C extends AnyCredential>(parts: VendorParts<C>): Vendor {
  const { name, baseUrl, open, read, touch, simulation } = parts
  const counters = createCounters()
  const credential = open(counters.countTokenCalls(globalThis.fetch))
  counters.countEvents(credential)
  const client = counters.countRequests(withCredential(globalThis.fetch, credential))
  const source = simulation ? 'simulator' : 'live'
  let reading: readonly string[] = []
  let problem: string | undefined
  return {
    name,
    source,
    simulation,
    figures: () => ({ vendor: name, source, client: 'fetch', ...counters.counts(), reading, problem }),
    async read(signal) {
      try {
        reading = await read(createApi(client, baseUrl, signal), credential)
        problem = undefined
      } catch (error) {
        problem = describeProblem(error)
        throw error
      }
    },
    async touch() {
      await touch(createApi(client, baseUrl))
    },
    async close() {
      if ('close' in credential) await credential.close()
      await simulation?.simulator.close()
    },
  }
}

import type { TokenCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import type { Simulator } from '@valetkey/testing/simulators'
import { type Api, createApi } from './api.ts'
import { createCounters, type Figures } from './figures.ts'
import { describeProblem } from './problem.ts'

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
  /** Lets the time pass that a token lasts. */
  expireTokens(): void
}

export interface VendorParts {
  readonly name: string
  readonly baseUrl: string
  /** @param fetch for the token requests */
  open(fetch: typeof globalThis.fetch): TokenCredential
  /** One line per device. */
  read(api: Api, credential: TokenCredential): Promise<readonly string[]>
  touch(api: Api): Promise<unknown>
  readonly simulation?: Simulation | undefined
}

export function createVendor({ name, baseUrl, open, read, touch, simulation }: VendorParts): Vendor {
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
      await credential.close()
      await simulation?.simulator.close()
    },
  }
}

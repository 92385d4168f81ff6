import type { TokenStore } from '@valetkey/core'
import { type Api, createApi } from './api.ts'
import { type AnyCredential, type Connection, sendOf } from './connection.ts'
import { type ClientName, createCounters, type Figures, type FinishedRequest, type Source } from './counters.ts'
import { describeProblem, retryAtOf } from './problem.ts'
import type { Reading } from './reading.ts'
import type { Setup } from './setup.ts'
import type { Simulation } from './simulated.ts'
import { type SteppableClock, storeAt } from './steppable-clock.ts'

/** One vendor, with its client, its credential and what was counted and read. */
export interface Vendor extends VendorTitle {
  readonly source: Source
  readonly credential: AnyCredential
  figures(): Figures
  reading(): Reading | undefined
  /** Why the last reading failed. */
  problem(): Problem | undefined
  /** Reads the vendor's devices and keeps what they say, or why that failed. Rejects as the request does. */
  read(signal?: AbortSignal): Promise<void>
  /** One small request. */
  touch(): Promise<void>
  onRequest(listener: (request: FinishedRequest) => void): void
  /** What another process needs to use the same tokens; undefined for API keys. */
  readonly setup: Setup | undefined
  /** What only a simulated vendor lets one do. */
  readonly simulation: Simulation | undefined
  /** Resolves when no token is on its way to be stored any more. */
  close(): Promise<void>
}

export interface Problem {
  readonly text: string
  /** Until then no token call is made; Unix ms by the vendor's clock. */
  readonly retryAt: number | undefined
}

export interface VendorTitle {
  /** As people know it. */
  readonly name: string
  /** How tokens are got. */
  readonly grant: string
  readonly client: ClientName
  /** The file in `connect` that shows how it is done. */
  readonly code: string
}

export interface VendorParts<C extends AnyCredential = AnyCredential> extends VendorTitle {
  readonly baseUrl: string
  /** @param fetch for the token requests */
  connect(fetch: typeof globalThis.fetch): Connection<C>
  read(api: Api, credential: C): Promise<Reading>
  touch(api: Api): Promise<unknown>
  readonly setup?: Setup | undefined
  readonly source: Source
  readonly simulation?: Simulation | undefined
}

/** Where tokens are kept, and by which clock they expire. */
export interface Runtime {
  readonly store?: TokenStore | undefined
  /** Where users return after the sign-in, e.g. `http://127.0.0.1:4180`. Absent: no user signs in. */
  readonly origin?: string | undefined
}

/** The options of a credential that say so. */
export function runtimeOptions(
  { store }: Runtime,
  clock: SteppableClock | undefined,
): { readonly store?: TokenStore | undefined; readonly clock?: SteppableClock | undefined } {
  if (clock === undefined) return { store }
  return { clock, store: store && storeAt(store, clock) }
}

export function createVendor<C extends AnyCredential>(parts: VendorParts<C>): Vendor {
  const { name, grant, client, code, source, baseUrl, connect, read, touch, simulation, setup } = parts
  const counters = createCounters()
  const connection = connect(counters.countTokenCalls((input, init) => fetch(input, init)))
  const { credential } = connection
  counters.countEvents(credential)
  const send = counters.countRequests(sendOf(connection))
  let reading: Reading | undefined
  let problem: Problem | undefined
  return {
    name,
    grant,
    client,
    code,
    source,
    credential,
    simulation,
    setup,
    onRequest: counters.onRequest,
    reading: () => reading,
    figures: () => ({ vendor: name, source, client, ...counters.counts(), reading: reading?.lines ?? [] }),
    problem: () => problem,
    async read(signal) {
      try {
        reading = await read(createApi(send, baseUrl, signal), credential)
        problem = undefined
      } catch (error) {
        problem = { text: describeProblem(error), retryAt: retryAtOf(error) }
        throw error
      }
    },
    async touch() {
      await touch(createApi(send, baseUrl))
    },
    async close() {
      if ('close' in credential) await credential.close()
      await simulation?.simulator.close()
    },
  }
}

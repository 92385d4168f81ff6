import type { TokenCredential } from '@valetkey/core'

type Fetch = typeof globalThis.fetch

/** What was counted since the start. */
export interface Counts {
  /** Requests of this program to the API, each counted once whatever it took to get it through. */
  readonly requests: number
  /** Requests to the token endpoint. */
  readonly tokenCalls: number
  /** Tokens after the first, whether by refresh token or asked for anew. */
  readonly refreshes: number
  /** Requests that the API refused and that were sent again with a newer token. */
  readonly replays: number
  /** Requests that ended with an error or with a status other than 2xx. */
  readonly failures: number
}

/** One row of the table and of the page. Holds nothing secret. */
export interface Figures extends Counts {
  readonly vendor: string
  readonly source: 'simulator' | 'live'
  readonly client: string
  /** What was read last, one line per device. */
  readonly reading: readonly string[]
  /** Why the last reading failed. */
  readonly problem?: string | undefined
}

export interface Counters {
  readonly counts: () => Counts
  /** A fetch whose calls count as token calls. */
  countTokenCalls(fetch: Fetch): Fetch
  /** A fetch whose calls count as requests, and as failures if they fail. */
  countRequests(fetch: Fetch): Fetch
  countEvents(credential: Pick<TokenCredential, 'on'>): void
}

export function createCounters(): Counters {
  let requests = 0
  let tokenCalls = 0
  let tokens = 0
  let replays = 0
  let failures = 0
  return {
    counts: () => ({ requests, tokenCalls, refreshes: Math.max(0, tokens - 1), replays, failures }),
    countTokenCalls: (fetch) => (input, init) => {
      tokenCalls += 1
      return fetch(input, init)
    },
    countRequests: (fetch) => async (input, init) => {
      requests += 1
      try {
        const response = await fetch(input, init)
        if (!response.ok) failures += 1
        return response
      } catch (error) {
        failures += 1
        throw error
      }
    },
    countEvents(credential) {
      const countToken = () => {
        tokens += 1
      }
      credential.on('issued', countToken)
      credential.on('refreshed', countToken)
      credential.on('replayed', () => {
        replays += 1
      })
    },
  }
}

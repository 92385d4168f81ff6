import type { TokenCredential } from '@valetkey/core'
import type { Send } from './connection.ts'

type Fetch = typeof globalThis.fetch

/** What was counted since the start. */
export interface Counts {
  /** Requests of this program to the API, each counted once, including its replay. */
  readonly requests: number
  /** Requests to the token endpoint. */
  readonly tokenCalls: number
  /** Tokens after the first, whether by refresh token or acquired again. */
  readonly refreshes: number
  /** Requests that the API refused and that were sent again with a newer token. */
  readonly replays: number
  /** Requests that ended with an error or with a status other than 2xx. */
  readonly failures: number
}

/** One row of the table. Holds nothing secret. */
export interface Figures extends Counts {
  readonly vendor: string
  readonly source: Source
  readonly client: ClientName
  /** What was read last, one line per device. */
  readonly reading: readonly string[]
}

export type Source = 'simulator' | 'live'
export type ClientName = 'fetch' | 'axios' | 'ky'

/** One request to an API, as it ended. */
export interface FinishedRequest {
  readonly durationMs: number
  readonly ok: boolean
}

export interface Counters {
  readonly counts: () => Counts
  /** A fetch whose calls count as token calls. */
  countTokenCalls(fetch: Fetch): Fetch
  /** Counts what is sent, and what of it fails. */
  countRequests(send: Send): Send
  countEvents(credential: Pick<TokenCredential, 'on'>): void
  onRequest(listener: (request: FinishedRequest) => void): void
}

export function createCounters(): Counters {
  const counted = { requests: 0, tokenCalls: 0, replays: 0, failures: 0 }
  const listeners: ((request: FinishedRequest) => void)[] = []
  let tokens = 0
  const finish = (startedAt: number, ok: boolean) => {
    if (!ok) counted.failures += 1
    const request = { durationMs: performance.now() - startedAt, ok }
    for (const listener of listeners) listener(request)
  }
  return {
    counts: () => ({ ...counted, refreshes: Math.max(0, tokens - 1) }),
    onRequest: (listener) => void listeners.push(listener),
    countTokenCalls: (fetch) => (input, init) => {
      counted.tokenCalls += 1
      return fetch(input, init)
    },
    countRequests: (send) => async (url, init) => {
      counted.requests += 1
      const startedAt = performance.now()
      try {
        const reply = await send(url, init)
        finish(startedAt, isSuccess(reply.status))
        return reply
      } catch (error) {
        finish(startedAt, false)
        throw error
      }
    },
    countEvents(credential) {
      const countToken = () => {
        tokens += 1
      }
      credential.on('acquired', countToken)
      credential.on('refreshed', countToken)
      credential.on('replayed', () => {
        counted.replays += 1
      })
    },
  }
}

/** What was counted from `before` to `after`. */
export function difference(after: Counts, before: Counts): Counts {
  return eachOf((of) => after[of] - before[of])
}

export function sum(all: readonly Counts[]): Counts {
  return eachOf((of) => all.reduce((total, counts) => total + counts[of], 0))
}

function eachOf(value: (of: keyof Counts) => number): Counts {
  return {
    requests: value('requests'),
    tokenCalls: value('tokenCalls'),
    refreshes: value('refreshes'),
    replays: value('replays'),
    failures: value('failures'),
  }
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

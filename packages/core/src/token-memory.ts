import type { Clock } from './clock.ts'
import type { ExpiryWindows } from './expiry.ts'
import type { Known, ObtainedTokens } from './flight/state.ts'
import { type HeldTokens, hasPassed, holdTokens } from './held-tokens.ts'
import type { NegativeResult } from './negative-result.ts'

/** A result without tokens is remembered this long: a dead grant costs one read a second, not one per request. */
const NEGATIVE_MS = 1_000

/** What this process knows of one store key. Only tokens newer than `rejected` count: those were refused by the API. */
export interface TokenMemory {
  held(): HeldTokens | undefined
  /** Held tokens that are not expired. */
  usable(rejected: number): HeldTokens | undefined
  /** Takes over what the store holds, unless memory is ahead of it. @returns whether these tokens were unknown here */
  remember(known: Known): boolean
  /** Holds tokens that could not be stored. */
  holdUnstored(tokens: ObtainedTokens): HeldTokens
  /** Forgets tokens and failures. */
  clear(): void
  forgetFailure(): void
  rememberFailure(result: NegativeResult, rejected: number): void
  /** A failure met within the last second by somebody with the same need. */
  recentFailure(rejected: number): NegativeResult | undefined
}

export function createTokenMemory(clock: Clock, windows: ExpiryWindows): TokenMemory {
  let held: HeldTokens | undefined
  let failure: { readonly result: NegativeResult; readonly rejected: number; readonly until: number } | undefined

  return {
    held: () => held,
    usable(rejected) {
      return held && held.generation > rejected && !hasPassed(held.hardExpiry, clock) ? held : undefined
    },
    remember(known) {
      const { record } = known
      const generation = held?.generation ?? -1
      if (record === undefined || record.generation < generation) return false
      const isNews = record.generation > generation
      if (isNews) failure = undefined
      held = record.tokens && holdTokens(record.tokens, record.generation, known, clock, windows)
      return isNews && held !== undefined
    },
    holdUnstored(tokens) {
      const now = clock.now()
      const expiresAt = tokens.lifetimeMs === undefined ? undefined : now + tokens.lifetimeMs
      const generation = Math.max((held?.generation ?? 0) + 1, Math.floor(now))
      const stored = { ...tokens, issuedAt: now, expiresAt }
      held = holdTokens(stored, generation, { now, mono: clock.monotonic() }, clock, windows)
      return held
    },
    clear() {
      held = undefined
      failure = undefined
    },
    forgetFailure() {
      failure = undefined
    },
    rememberFailure(result, rejected) {
      const holdMs = result.type === 'unavailable' ? result.retryAt - clock.now() : NEGATIVE_MS
      failure = { result, rejected, until: clock.monotonic() + Math.min(holdMs, NEGATIVE_MS) }
    },
    recentFailure(rejected) {
      const isRecent = failure?.rejected === rejected && clock.monotonic() < failure.until
      return isRecent ? failure?.result : undefined
    },
  }
}

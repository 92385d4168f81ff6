import type { CredentialStatus } from '@valetkey/core'
import type { TokenState } from '../state.ts'
import type { AnyCredential } from '../vendors/connection.ts'

/** Defaults of the credential's options `refreshAheadMs` and `expiryLeewayMs`, and the share of the lifetime that bounds them. */
const SOFT = { ms: 60_000, share: 0.2 }
const HARD = { ms: 5_000, share: 0.1 }
/** Up to this share of the soft window is jitter: by then a refresh is due for every process. */
const JITTER_SHARE = 0.2

/** The life of one credential's token, as far as the credential tells it. */
export interface TokenWatch {
  state(): TokenState
  /** The first token, or key, is the first generation. */
  generation(): number
  /** Asks the credential. */
  look(): Promise<void>
  /** Time until the token expires, and until it is refreshed in the background at the latest, ms. Undefined: there is no token, or its end is unknown. */
  untilEnd(): number | undefined
  untilRenewal(): number | undefined
}

export function watchToken(credential: AnyCredential, now: () => number): TokenWatch {
  const generations = countGenerations(credential)
  if (!('status' in credential)) return watchKey(generations)
  let known: CredentialStatus = { state: 'renewable' }
  let lifetimeMs = 0
  const untilEnd = () =>
    known.state === 'ready' && known.expiresAt !== undefined ? known.expiresAt - now() : undefined
  return {
    generation: generations.count,
    look: once(async () => {
      known = await credential.status()
      if (known.state !== 'ready') return
      // A token that took long to obtain is older when it is first seen.
      if (known.expiresAt !== undefined) lifetimeMs = Math.max(lifetimeMs, toSeconds(known.expiresAt - now()))
      await generations.look()
    }),
    untilEnd,
    untilRenewal() {
      const left = untilEnd()
      return left === undefined ? undefined : left - windowMs(SOFT, lifetimeMs) * (1 - JITTER_SHARE)
    },
    state() {
      const left = untilEnd()
      if (needsPerson(known)) return { state: 'sign-in' }
      if (known.state === 'renewable' || (left !== undefined && left <= 0)) return { state: 'renewing' }
      if (left === undefined) return { state: 'ready' }
      const windows = { softMs: windowMs(SOFT, lifetimeMs), hardMs: windowMs(HARD, lifetimeMs) }
      return { state: 'ready', expiresInMs: left, lifetimeMs, ...windows }
    },
  }
}

function watchKey({ count, look }: Generations): TokenWatch {
  return {
    state: () => ({ state: 'key' }),
    generation: count,
    look: once(look),
    untilEnd: () => undefined,
    untilRenewal: () => undefined,
  }
}

interface Generations {
  count(): number
  look(): Promise<void>
}

/** Numbers begin anywhere, and grow by one with each new token. */
function countGenerations(credential: AnyCredential): Generations {
  let first: number | undefined
  let last = 0
  return {
    count: () => (first === undefined ? 0 : last - first + 1),
    async look() {
      last = (await credential.authorization()).generation
      first ??= last
    },
  }
}

/** A grant that needs a new sign-in may have left a token that has not expired but was refused. */
function needsPerson(status: CredentialStatus): boolean {
  if (status.state === 'ready') return !status.renewable
  return status.state !== 'renewable'
}

function toSeconds(ms: number): number {
  return Math.ceil(ms / 1000) * 1000
}

function windowMs({ ms, share }: typeof SOFT, lifetimeMs: number): number {
  return Math.min(ms, share * lifetimeMs)
}

/** While it runs, the next call is the same one. */
function once(act: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= act().finally(() => {
      running = undefined
    })
    return running
  }
}

import { CredentialError } from '../errors.ts'
import { accessSetOf, type FlightResult, type Snapshot, storedOf, viewOf } from '../refresh/run.ts'
import type { ProofKey } from '../secrets.ts'
import type { Clock } from '../time.ts'
import type { GrantFailure, ObtainedTokens } from './grant.ts'
import { type ExpiryWindows, type GrantRecord, hardExpiry, isOlder, type StoredTokens, softExpiry } from './record.ts'

/** A result without tokens is remembered this long: a grant that needs a new sign-in costs one read a second, not one per request. */
const NEGATIVE_MS = 1_000

/** What all targets of a store key have in common. */
export interface KnownRecord {
  readonly clock: Clock
  readonly windows: ExpiryWindows
  /** The newest record that was in the store, as it is stored. */
  newest: GrantRecord | undefined
}

interface RecentFailure {
  readonly result: NegativeResult
  readonly rejected: number
  readonly until: number
}

/** The event `reauthorization_due` comes this long before the refresh token ends, ms, or a share of its longest observed lifetime. */
export const DUE_AHEAD_MS: number = 7 * 24 * 60 * 60_000
export const DUE_AHEAD_SHARE = 0.2

/** What this process knows of one store key and target. Only tokens newer than `rejected` count: those were refused by the API. */
export class TokenMemory {
  /** A member, since every request asks for it. */
  held: HeldTokens | undefined = undefined
  #failure: RecentFailure | undefined = undefined
  #toldOf = -1
  #longestMs = 0
  readonly #known: KnownRecord
  readonly #target: string | undefined

  constructor(known: KnownRecord, target: string | undefined) {
    this.#known = known
    this.#target = target
  }

  /** The newest record that was in the store, as the target sees it. */
  get newest(): GrantRecord | undefined {
    const { newest } = this.#known
    return newest && viewOf(newest, this.#target)
  }

  /** Held tokens that are not expired. */
  usable(rejected: number): HeldTokens | undefined {
    const { held } = this
    return held && held.generation > rejected && !hasPassed(held, held.hardExpiry, this.#known.clock) ? held : undefined
  }

  /** Takes over what the store holds, unless memory is ahead of it. @returns whether there is an access token that was unknown here */
  remember(snapshot: Snapshot): boolean {
    const { record } = snapshot
    const known = this.#known
    if (record && !(known.newest && isOlder(record, known.newest))) known.newest = storedOf(record, this.#target)
    return this.expect(snapshot)
  }

  /** Takes over tokens that are to be stored. @returns whether the access token was unknown here */
  expect(snapshot: Snapshot): boolean {
    const { record } = snapshot
    if (record === undefined) return false
    const before = this.held?.generation ?? -1
    const { generation } = accessSetOf(record)
    if (generation < before) return false
    const isNews = generation > before
    if (isNews) this.#failure = undefined
    const { tokens, proofKey } = record
    this.held = tokens && new HeldTokens(tokens, generation, snapshot, this.#known, proofKey)
    if (tokens?.refreshExpiresAt !== undefined)
      this.#longestMs = Math.max(this.#longestMs, tokens.refreshExpiresAt - tokens.issuedAt)
    return isNews && Boolean(tokens?.accessToken)
  }

  /** Holds tokens that could not be stored. */
  holdUnstored(tokens: ObtainedTokens): HeldTokens {
    const { clock } = this.#known
    const now = clock.now()
    const expiresAt = tokens.lifetimeMs === undefined ? undefined : now + tokens.lifetimeMs
    const generation = Math.max((this.held?.generation ?? 0) + 1, Math.floor(now))
    const read = { now, mono: clock.monotonic() }
    const stored = { ...tokens, issuedAt: now, expiresAt }
    this.held = new HeldTokens(stored, generation, read, this.#known, tokens.proofKey)
    return this.held
  }

  /** The end of the refresh token, once per token set, when that is near. */
  newlyDue(): { readonly generation: number; readonly refreshExpiresAt: number } | undefined {
    const { held } = this
    if (!held || held.generation <= this.#toldOf) return undefined
    const { generation, refreshExpiresAt } = held
    if (refreshExpiresAt === undefined) return undefined
    const aheadMs = Math.min(DUE_AHEAD_MS, DUE_AHEAD_SHARE * this.#longestMs)
    if (this.#known.clock.now() < refreshExpiresAt - aheadMs) return undefined
    this.#toldOf = generation
    return { generation, refreshExpiresAt }
  }

  /** Forgets tokens and failures. */
  clear(): void {
    this.#longestMs = 0
    this.held = undefined
    this.#known.newest = undefined
    this.#failure = undefined
  }

  forgetFailure(): void {
    this.#failure = undefined
  }

  rememberFailure(result: NegativeResult, rejected: number): void {
    const holdMs = result.type === 'token_unavailable' ? result.retryAt - this.#known.clock.now() : NEGATIVE_MS
    this.#failure = { result, rejected, until: this.#known.clock.monotonic() + Math.min(holdMs, NEGATIVE_MS) }
  }

  /** A failure within the last second that another caller with the same need had. */
  recentFailure(rejected: number): NegativeResult | undefined {
    const failure = this.#failure
    return failure?.rejected === rejected && this.#known.clock.monotonic() < failure.until ? failure.result : undefined
  }
}

/**
 * A use this long after the last read reads again in the background, so that another process's sign-out takes effect: after
 * half the age of the token, within these limits. What has stayed the same for long is not read often.
 */
const READ_AGAIN_MIN_MS = 30_000
const READ_AGAIN_MAX_MS = 5 * 60_000

/**
 * Servers of an API learn of a new token one after the other: GitHub's and others' refuse it for one to three seconds. Until it
 * is this old, a refusal may mean no more than that.
 */
const SPREAD_MS = 3_000

/** Tokens in this process's memory, with the limits of their use: moments of its monotonic clock. */
export class HeldTokens {
  readonly tokens: StoredTokens
  readonly proofKey: ProofKey | undefined
  readonly generation: number
  /** Until then they are served without a thought. */
  readonly quietUntil: number
  /** When both clocks last allowed them to be served so, by the wall clock. */
  quietAt = 0
  /** From then on all servers of the API know them. */
  readonly knownFrom: number
  /** How far this machine's wall clock is ahead of its monotonic one. */
  readonly wallAheadMs: number
  readonly #storeAheadMs: number
  readonly #windows: ExpiryWindows

  constructor(
    tokens: StoredTokens,
    generation: number,
    { now, mono }: Pick<Snapshot, 'now' | 'mono'>,
    { clock, windows }: Pick<KnownRecord, 'clock' | 'windows'>,
    proofKey: ProofKey | undefined,
  ) {
    const readAgainMs = Math.min(Math.max((now - tokens.issuedAt) / 2, READ_AGAIN_MIN_MS), READ_AGAIN_MAX_MS)
    this.tokens = tokens
    this.proofKey = proofKey
    this.generation = generation
    this.#storeAheadMs = now - mono
    this.#windows = windows
    this.quietUntil = Math.min(this.softExpiry, mono + readAgainMs)
    // A store's clock that was set back must not make old tokens young for longer.
    this.knownFrom = this.#monotonic(Math.min(tokens.issuedAt, now) + SPREAD_MS)
    this.wallAheadMs = clock.now() - clock.monotonic()
  }

  get softExpiry(): number {
    return this.#monotonic(softExpiry(this.tokens, this.#windows))
  }

  get hardExpiry(): number {
    return this.#monotonic(hardExpiry(this.tokens, this.#windows))
  }

  /** Unix ms by this machine's clock; absent: unknown lifetime. */
  get expiresAt(): number | undefined {
    return this.#local(this.tokens.expiresAt)
  }

  /** When they were obtained, and when their refresh token ends; Unix ms by this machine's clock. */
  get refreshedAt(): number {
    return Math.round(this.#monotonic(this.tokens.issuedAt) + this.wallAheadMs)
  }

  get refreshExpiresAt(): number | undefined {
    return this.#local(this.tokens.refreshExpiresAt)
  }

  #monotonic(storeTime: number): number {
    return storeTime - this.#storeAheadMs
  }

  #local(storeTime: number | undefined): number | undefined {
    return storeTime === undefined ? undefined : Math.round(this.#monotonic(storeTime) + this.wallAheadMs)
  }
}

/** A moment has passed when either clock says so: monotonic clocks may stop in sleep, wall clocks step. */
export function hasPassed({ wallAheadMs }: HeldTokens, moment: number, clock: Clock): boolean {
  return clock.now() >= moment + wallAheadMs || clock.monotonic() >= moment
}

/** Why there are no tokens. */
export type NegativeResult =
  | Exclude<FlightResult, { type: 'tokens' | 'token_unavailable' }>
  /** `retryAt`: this machine's clock, Unix ms. */
  | {
      readonly type: 'token_unavailable'
      readonly retryAt: number
      readonly status?: number | undefined
      readonly oauthError?: string | undefined
      readonly description?: string | undefined
      readonly reason: string
    }

/** The error that a waiting caller gets. */
export function negativeError(result: NegativeResult, of: { vendor: string; account: string }): CredentialError {
  const name = of.account === 'default' ? of.vendor : `${of.vendor} (${of.account})`
  switch (result.type) {
    case 'not_signed_in':
      return new CredentialError('not_signed_in', `${name}: no user has signed in; sign in first`, of)
    case 'signed_out':
      return new CredentialError('not_signed_in', `${name}: signed out while the token was being obtained`, of)
    case 'reauthorization_required':
      return new CredentialError(
        'reauthorization_required',
        `${name}: the grant is no longer usable (${result.reason}); sign in again`,
        {
          ...of,
          reason: result.reason,
          since: result.since,
        },
      )
    case 'client_rejected':
      return rejectedError(result.rejection, name, of)
    case 'token_unavailable':
      return unavailableError(result, name, of)
    case 'store_unavailable':
      return storeError(result.reason, name, of)
    case 'record_unreadable':
      return new CredentialError(
        'record_unreadable',
        `${name}: the stored record cannot be read (${result.reason ?? 'it was left as it is'})`,
        of,
      )
    case 'timeout':
    case 'nothing':
      return new CredentialError('timeout', `${name}: no token within "maxWaitMs"`, of)
  }
}

type Of = { vendor: string; account: string }

function rejectedError(
  rejection: Extract<NegativeResult, { type: 'client_rejected' }>['rejection'],
  name: string,
  of: Of,
): CredentialError {
  const { oauthError, description, status } = rejection
  const words = wordsOf(rejection) || 'status unknown'
  const message = `${name}: the vendor refuses the configured client or sign-in (${words}); check its id, secret and password`
  return new CredentialError('client_rejected', message, { ...of, oauthError, description, status })
}

function unavailableError(
  result: Extract<NegativeResult, { type: 'token_unavailable' }>,
  name: string,
  of: Of,
): CredentialError {
  const { retryAt, status, oauthError, description, reason } = result
  const words = wordsOf(result) || reason
  const message = `${name}: the token endpoint cannot be used now (${words}); try again after ${new Date(retryAt).toISOString()}`
  return new CredentialError('token_unavailable', message, { ...of, retryAt, status, oauthError, description })
}

/** `status 401, invalid_client: Unknown client.`, as far as it is known. */
function wordsOf({
  status,
  oauthError,
  description,
}: Pick<GrantFailure, 'status' | 'oauthError' | 'description'>): string {
  const words = [oauthError, description].filter((word) => word !== undefined).join(': ')
  return [status === undefined ? '' : `status ${status}`, words].filter(Boolean).join(', ')
}

function storeError(reason: string | undefined, name: string, of: Of): CredentialError {
  const message = `${name}: the token store cannot be used and no valid token is in memory (${reason ?? 'no answer'})`
  return new CredentialError('store_unavailable', message, of)
}

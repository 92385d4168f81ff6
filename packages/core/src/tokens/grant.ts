import { decodeJwt } from 'jose/jwt/decode'
import { ownMembers } from '../members.ts'
import { hex, type ProofKey } from '../secrets.ts'
import { type Clock, within } from '../time.ts'
import type { RefreshLifetimes } from '../token-credential.ts'

/**
 * How tokens are obtained; what a vendor (or anyone) implements. The lifecycle calls at most one method at a time per
 * account and store, over all processes that share the store.
 */
export interface TokenGrant {
  /** First tokens without a human (client credentials, password). Absent: a person must sign in. */
  acquire?(context: GrantContext): Promise<TokenSet>
  /** New tokens for a refresh token. Absent: `acquire` again. */
  refresh?(refreshToken: string, context: GrantContext): Promise<TokenSet>
  /** `accessToken` is `''` where only a refresh token is left. */
  revoke?(tokens: TokenSet, context: GrantContext): Promise<void>
  /**
   * The configured secrets of this grant as one text, read at each call. With `acquire`: tokens are stored for these secrets, and given
   * to no others. Without it: only as a salted hash of 16 bits, so that a refused client is remembered for that configuration
   * and a corrected one works at once. Absent: tokens are given to all of this identity, refusals remembered in this process.
   */
  secrets?(): Promise<string>
  /** How long its refresh tokens live, as far as the vendor states it, for `keepWarm`; not needed to use them. */
  readonly lifetimes?: RefreshLifetimes | undefined
}

export interface GrantContext {
  readonly account: string
  /** Aborts 60 s after the request was started. */
  readonly signal: AbortSignal
  /** For token requests; never the program's wrapped fetch. */
  readonly fetch: typeof fetch
  /** This machine's clock, Unix ms. */
  readonly now: () => number
  /** Of the stored tokens, where they are bound to a key. */
  readonly proofKey?: ProofKey | undefined
}

/** A token endpoint's answer. Durations in seconds. */
export interface TokenSet {
  accessToken: string
  /** @default 'Bearer' */
  tokenType?: string | undefined
  /** Seconds; absent or 0: the `exp` of a JWT, else used until the API refuses it. */
  expiresIn?: number | undefined
  /** Absent after a refresh: the one that was used stays valid. */
  refreshToken?: string | undefined
  /** Seconds; absent or 0: the `exp` of a JWT, else used until the vendor refuses it. */
  refreshExpiresIn?: number | undefined
  scopes?: readonly string[] | undefined
  /**
   * Other members of the answer, stored with the tokens for `place` and `details()`. Those that the answer to a refresh does not
   * repeat stay.
   */
  extra?: Record<string, unknown> | undefined
  /** What these tokens are bound to, stored with them and passed to the grant and `prove` only. Absent after a refresh: as before. */
  proofKey?: ProofKey | undefined
}

/**
 * - `reauthorization_required`: the refresh token is used up or revoked (`invalid_grant`). From `acquire` it counts as `client_rejected`.
 * - `client_rejected`: the vendor refuses the client or the configured sign-in itself; trying again would not help.
 * - `token_unavailable`: nothing is known about the grant (down, slow, rate limited, nonsense); trying again later helps.
 */
export type GrantFailureKind = 'reauthorization_required' | 'client_rejected' | 'token_unavailable'

export interface GrantFailure {
  kind: GrantFailureKind
  /** Whether the request may have reached the vendor. DNS, refused connection, TLS failure: false. */
  sent: boolean
  /** When the vendor wants to be asked again, in ms from now. At most 5 minutes are believed; it never shortens the wait that core makes. */
  retryAfterMs?: number | undefined
  /** HTTP status of the answer. */
  status?: number | undefined
  /** `error` of the answer (RFC 6749 §5.2). */
  oauthError?: string | undefined
  /** The vendor's own words, or the grant's, without secrets. */
  description?: string | undefined
  /**
   * With `token_unavailable`: the new refresh token of an answer whose access token cannot be used. It replaces the stored
   * one, and the access token is kept. A `GrantError` takes it and does not show it.
   */
  refreshToken?: string | undefined
  /** Seconds; of that refresh token. */
  refreshExpiresIn?: number | undefined
}

export type Rotation = Pick<GrantFailure, 'refreshToken' | 'refreshExpiresIn'>

/** Of a `GrantError`: a function, so that neither inspection nor JSON shows the refresh token. */
const ROTATION = Symbol.for('valetkey.GrantError.rotation')

const isGrantErrorMark = Symbol.for('valetkey.GrantError')

/** How a grant says what went wrong; anything else that it throws counts as `token_unavailable` with `sent: true`. */
export class GrantError extends Error {
  override readonly name = 'GrantError'
  /** Without `refreshToken` and `refreshExpiresIn`. */
  readonly failure: Readonly<GrantFailure>

  constructor(failure: GrantFailure) {
    const { refreshToken, refreshExpiresIn, ...shown } = ownMembers(failure)
    super([shown.kind, shown.oauthError, shown.description].filter(Boolean).join(': '))
    Object.defineProperty(this, isGrantErrorMark, { value: true })
    if (refreshToken !== undefined)
      Object.defineProperty(this, ROTATION, { value: (): Rotation => ({ refreshToken, refreshExpiresIn }) })
    this.failure = ownMembers(shown)
  }
}

/** The new refresh token that a `GrantError` was given, also one of another copy of this package. */
export function rotationOf(error: unknown): Rotation | undefined {
  const read: unknown = isGrantError(error) ? Reflect.get(error, ROTATION) : undefined
  return typeof read === 'function' ? (read as () => Rotation)() : undefined
}

/** Recognises a `GrantError` across copies of this package. */
export function isGrantError(error: unknown): error is GrantError {
  return typeof error === 'object' && error !== null && isGrantErrorMark in error
}

/** An answer later than this counts as none. Long on purpose: giving up early only makes the outcome unknown. */
export const REQUEST_LIMIT_MS = 60_000
/** RFC 6750 tokens are visible ASCII; anything else could break out of a header. */
const ACCESS_TOKEN = /^[\x21-\x7e]+$/
/** RFC 6749 appendix A.17: spaces too. */
const REFRESH_TOKEN = /^[\x20-\x7e]+$/
const TOKEN_MAX_LENGTH = 16_384

export type GrantRequest = { readonly mode: 'acquire' } | { readonly mode: 'refresh'; readonly refreshToken: string }

/** What the token endpoint said, normalised; times relative. */
export interface Obtained {
  readonly type: 'obtained'
  readonly tokens: ObtainedTokens
}

export interface ObtainedTokens {
  readonly accessToken: string
  readonly tokenType: string
  readonly lifetimeMs?: number | undefined
  readonly refreshToken?: string | undefined
  readonly refreshLifetimeMs?: number | undefined
  readonly scopes?: readonly string[] | undefined
  readonly extra?: Readonly<Record<string, unknown>> | undefined
  readonly proofKey?: ProofKey | undefined
}

export interface Failed {
  readonly type: 'failed'
  readonly kind: GrantFailureKind
  readonly sent: boolean
  readonly retryAfterMs?: number | undefined
  readonly status?: number | undefined
  readonly oauthError?: string | undefined
  readonly description?: string | undefined
  /** With `token_unavailable`: only the refresh token of the answer could be used. */
  readonly rotated?: RotatedRefreshToken | undefined
  /** With `client_rejected`: whose secrets were refused. */
  readonly by?: string | undefined
  readonly salt?: string | undefined
}

export interface RotatedRefreshToken {
  readonly refreshToken: string
  readonly refreshLifetimeMs?: number | undefined
}

export interface GrantCaller {
  readonly grant: TokenGrant
  /** The store key names the secrets: what the record says concerns these and no others. */
  readonly isKeyedBySecrets?: boolean | undefined
  readonly account: string
  readonly clock: Clock
  readonly fetch: typeof fetch
  readonly proofKey?: ProofKey | undefined
}

/** Asks the grant once and never rejects: what it throws, and tokens that cannot be used, become a failure. */
export async function callGrant(caller: GrantCaller, request: GrantRequest): Promise<Obtained | Failed> {
  const limit = new AbortController()
  const context: GrantContext = { ...grantContext(caller), signal: limit.signal }
  let tokens: TokenSet | undefined
  try {
    const answer = startRequest(caller.grant, request, context)
    tokens = await within(caller.clock, REQUEST_LIMIT_MS, answer, () => {
      const error = new GrantFailureSignal('the token endpoint did not answer in time')
      limit.abort(error)
      throw error
    })
    return { type: 'obtained', tokens: checkedTokens(tokens, caller.clock.now()) }
  } catch (error) {
    return await failureOf(error, tokens ?? rotationOf(error), caller, request.mode)
  }
}

export function grantContext({ account, clock, fetch, proofKey }: GrantCaller): Omit<GrantContext, 'signal'> {
  return { account, fetch, now: () => clock.now(), ...(proofKey && { proofKey }) }
}

async function startRequest(grant: TokenGrant, request: GrantRequest, context: GrantContext): Promise<TokenSet> {
  if (request.mode === 'refresh' && grant.refresh) return grant.refresh(request.refreshToken, context)
  if (request.mode === 'acquire' && grant.acquire) return grant.acquire(context)
  throw new TypeError(`the grant cannot ${request.mode}`)
}

/** Carries only text of ours, so that it may be shown. */
class GrantFailureSignal extends Error {}

async function failureOf(
  error: unknown,
  rotation: Rotation | undefined,
  { grant, isKeyedBySecrets, clock }: GrantCaller,
  mode: GrantRequest['mode'],
): Promise<Failed> {
  const description = error instanceof GrantFailureSignal ? error.message : undefined
  const failure = checkedFailure(isGrantError(error) ? error.failure : { description }, mode)
  const isSalted = failure.kind === 'client_rejected' && !isKeyedBySecrets
  const ours = isSalted ? await saltedFingerprint(grant) : undefined
  const rotated = failure.kind === 'token_unavailable' ? checkedRotation(rotation, clock.now()) : undefined
  return { type: 'failed', ...failure, ...(rotated && { rotated }), ...ours }
}

function checkedRotation(rotation: Rotation | undefined, now: number): RotatedRefreshToken | undefined {
  const { refreshToken, refreshExpiresIn } = ownMembers(rotation ?? {})
  if (!isTokenText(refreshToken, REFRESH_TOKEN)) return undefined
  return { refreshToken, refreshLifetimeMs: tokenLifetimeMs(refreshExpiresIn, refreshToken, now) }
}

async function saltedFingerprint(grant: TokenGrant): Promise<{ salt: string; by: string } | undefined> {
  const salt = randomId()
  const by = await fingerprint(grant, salt)
  return by === undefined ? undefined : { salt, by }
}

/** @param now this machine's clock, Unix ms. @throws for tokens that cannot be used, without showing them */
export function checkedTokens(set: TokenSet, now: number): ObtainedTokens {
  const tokens = ownMembers(set)
  const { accessToken, refreshToken } = tokens
  if (!isTokenText(accessToken, ACCESS_TOKEN)) throw unusable('an unusable access token')
  const hasRefreshToken = refreshToken !== undefined
  if (hasRefreshToken && !isTokenText(refreshToken, REFRESH_TOKEN)) throw unusable('an unusable refresh token')
  return {
    accessToken,
    tokenType: typeof tokens.tokenType === 'string' ? tokens.tokenType : 'Bearer',
    lifetimeMs: tokenLifetimeMs(tokens.expiresIn, accessToken, now),
    refreshToken,
    refreshLifetimeMs: hasRefreshToken ? tokenLifetimeMs(tokens.refreshExpiresIn, refreshToken, now) : undefined,
    scopes: tokens.scopes,
    extra: storable(tokens.extra),
    proofKey: storable(tokens.proofKey),
  }
}

const isTokenText = (token: unknown, characters: RegExp): token is string =>
  typeof token === 'string' && token.length <= TOKEN_MAX_LENGTH && characters.test(token)

const tokenLifetimeMs = (seconds: unknown, token: string, now: number): number | undefined =>
  lifetimeMs(seconds) ?? jwtLifetimeMs(jwtClaims(token), now)

const unusable = (what: string) => new GrantFailureSignal(`the token endpoint answered with ${what}`)

/** Written as JSON; what cannot be would be tried to be stored for ever. */
function storable<T>(json: T): T {
  try {
    JSON.stringify(json)
    return json
  } catch {
    throw unusable('an "extra" that is not JSON')
  }
}

function jwtClaims(token: string): { readonly exp?: unknown; readonly iat?: unknown } {
  try {
    return decodeJwt(token)
  } catch {
    return {}
  }
}

/**
 * Bounds of every wait that a failure, a vendor, a grant, a stored record or a store causes. Two rules:
 * - repeated failures back off, so that no number from outside makes token requests follow each other without a pause;
 * - no number from outside holds back longer than a few minutes; then one process asks again.
 */

/** The first failures in a row are retried quickly, so that a hiccup of the token endpoint costs no request. */
export const QUICK_RETRIES_MS: readonly number[] = [250, 500, 1_000]
/** A wait up to this is waited out; a longer one fails the waiting callers, with the time. */
export const QUICK_WAIT_MAX_MS: number = 2_000
/** After the quick retries, doubled with each failure: no wait after an outage is longer than the outage. */
const BACKOFF_MIN_MS = 2_000
/** No back-off and no `Retry-After` holds longer: twelve token calls in the first ten minutes of an outage, then two. */
const WAIT_MAX_MS = 5 * 60_000
/** A refused sign-in is tried again after this, doubled each time: the vendor's side may have been mended. */
const REJECTION_MIN_MS = 60_000
/** Longer than `WAIT_MAX_MS`, as each try counts towards a locked account. A corrected secret does not wait. */
export const REJECTION_MAX_MS: number = 60 * 60_000
/** Tokens are used at least this long, even if the vendor states less: a lifetime of 1 ms must not cost a token call per request. */
export const MIN_USE_MS: number = 1_000
/** A longer lifetime makes no practical difference, and its end must stay a valid time. */
const MAX_LIFETIME_MS = 365 * 24 * 60 * 60_000
/** A write that was lost again, and again: the second attempt in a row waits this long, doubled up to the second figure. */
const LOSS_MIN_MS = 25
const LOSS_MAX_MS = 1_000

/**
 * How long after failure number `count` in a row the token endpoint may be asked again.
 * @param askedMs what the vendor or grant asks for; it never shortens the wait
 * @param chance at least 0, below 1
 */
export function retryWaitMs(count: number, askedMs: number | undefined, chance: number): number {
  return Math.max(Math.min(askedMs ?? 0, WAIT_MAX_MS), backoffMs(steps(count), chance))
}

function backoffMs(count: number, chance: number): number {
  const quick = QUICK_RETRIES_MS[count - 1]
  if (quick !== undefined) return quick * (0.5 + chance)
  const doubled = BACKOFF_MIN_MS * 2 ** (count - QUICK_RETRIES_MS.length - 1)
  return Math.min(doubled, WAIT_MAX_MS) * (0.8 + chance / 5)
}

/** How long the answer `client_rejected` number `count` in a row holds. */
export function rejectionHoldMs(count: number): number {
  return Math.min(REJECTION_MIN_MS * 2 ** (steps(count) - 1), REJECTION_MAX_MS)
}

/** How long to wait after lost write number `count` in a row. Nothing the first time: a race is lost now and then. */
export function lossPauseMs(count: number, chance: number): number {
  return count < 2 ? 0 : Math.min(LOSS_MIN_MS * 2 ** (steps(count) - 2), LOSS_MAX_MS) * (0.5 + chance / 2)
}

/** A count that was stored, as an exponent that is none of infinity. */
const steps = (count: number): number => Math.min(Math.max(Math.trunc(count), 1), 32)

/**
 * Whether a stored time holds back at `now` (both of the store's clock). One further away than `maxMs` was written by
 * another clock, or by no valetkey: it is not believed, or it would hold for ever.
 */
export function holdsBack(time: number | undefined, now: number, maxMs: number = WAIT_MAX_MS): boolean {
  return time !== undefined && time > now && time - now <= maxMs
}

/** A lifetime that makes no sense must not cost the tokens: they are then used until refused. 0 is how vendors say that there is none. */
export function lifetimeMs(seconds: unknown): number | undefined {
  const value = typeof seconds === 'string' && seconds.trim() !== '' ? Number(seconds) : seconds
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) return undefined
  return Math.min(value * 1000, MAX_LIFETIME_MS)
}

/** From `exp`, and from `iat` too where there is one. New tokens have not expired: if they seem to have, a clock is wrong. */
export function jwtLifetimeMs({ exp, iat }: { exp?: unknown; iat?: unknown }, now: number): number | undefined {
  if (typeof exp !== 'number') return undefined
  const named = typeof iat === 'number' ? (exp - iat) * 1000 : Number.NaN
  const left = exp * 1000 - now
  const lifetime = left > 0 && !(named < left) ? left : named
  return lifetime > 0 ? Math.min(lifetime, MAX_LIFETIME_MS) : undefined
}

/**
 * What a grant says went wrong, which may be anything: a number that is none is left out. A sign-in that is refused is refused
 * by the vendor, with any code of the grant, as there is no refresh token that could have ended.
 */
export function checkedFailure(failure: unknown, mode: 'acquire' | 'refresh'): GrantFailure {
  const given = typeof failure === 'object' && failure ? failure : {}
  const from: Partial<Record<keyof GrantFailure, unknown>> = ownMembers(given)
  const { kind, sent, retryAfterMs, status } = from
  const isRejected = kind === 'client_rejected' || (kind === 'reauthorization_required' && mode === 'acquire')
  return {
    kind: isRejected ? 'client_rejected' : kind === 'reauthorization_required' ? kind : 'token_unavailable',
    sent: sent !== false,
    retryAfterMs: typeof retryAfterMs === 'number' && retryAfterMs > 0 ? retryAfterMs : undefined,
    status: Number.isSafeInteger(status) ? (status as number) : undefined,
    oauthError: text(from.oauthError),
    description: text(from.description),
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** 64 random bits in hex. */
export function randomId(): string {
  return hex(crypto.getRandomValues(new Uint8Array(8)))
}

/**
 * First 4 hex digits of SHA-256(salt ‖ secrets): enough to tell a corrected configuration from a refused one, too little to
 * guess a secret by. `undefined` where the grant names no secrets or the runtime has no WebCrypto (a page over plain http).
 */
export async function fingerprint(grant: TokenGrant, salt: string): Promise<string | undefined> {
  try {
    const secrets = await grant.secrets?.()
    if (secrets === undefined) return undefined
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(salt + secrets))
    return hex(digest).slice(0, 4)
  } catch {
    return undefined
  }
}

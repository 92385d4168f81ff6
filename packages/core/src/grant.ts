/**
 * How tokens are obtained; what a vendor (or anyone) implements. The lifecycle calls at most one method at a time per
 * account and store, over all processes that share the store.
 */
export interface TokenGrant {
  /** First tokens without a human (client credentials, password). Absent: somebody must sign in. */
  issue?(context: GrantContext): Promise<TokenSet>
  /** New tokens for a refresh token. Absent: `issue` again. */
  refresh?(refreshToken: string, context: GrantContext): Promise<TokenSet>
  revoke?(tokens: TokenSet, context: GrantContext): Promise<void>
  /**
   * The configured secrets of this grant as one text, read anew. Used only as a salted hash of 16 bits, so that a refused
   * sign-in is remembered for that configuration and a corrected one works at once. Absent: remembered in this process only.
   */
  secrets?(): Promise<string>
}

export interface GrantContext {
  readonly account: string
  /** Aborts 60 s after the request was started. */
  readonly signal: AbortSignal
  /** For token requests; never the program's wrapped fetch. */
  readonly fetch: typeof fetch
  /** This machine's clock, Unix ms. */
  readonly now: () => number
}

/** A token endpoint's answer. Durations in seconds, as on the wire. */
export interface TokenSet {
  accessToken: string
  /** @default 'Bearer' */
  tokenType?: string | undefined
  /** Seconds; absent: the `exp` of a JWT, else used until the API refuses it. */
  expiresIn?: number | undefined
  /** Absent after a refresh: the one that was used stays valid. */
  refreshToken?: string | undefined
  /** Seconds. */
  refreshExpiresIn?: number | undefined
  scopes?: readonly string[] | undefined
  /** Other members of the answer that a vendor package needs later; stored with the tokens. */
  extra?: Record<string, unknown> | undefined
}

/**
 * - `grant_dead`: the refresh token is used up or revoked (`invalid_grant`).
 * - `client_rejected`: the vendor refuses the client or the configured sign-in itself; trying again would not help.
 * - `unavailable`: nothing is known about the grant (down, slow, rate limited, nonsense); trying again later helps.
 */
export type GrantFailureKind = 'grant_dead' | 'client_rejected' | 'unavailable'

export interface GrantFailure {
  kind: GrantFailureKind
  /** Whether the request may have reached the vendor. DNS, refused connection, TLS failure: false. */
  sent: boolean
  /** When the vendor wants to be asked again, in ms from now. */
  retryAfterMs?: number | undefined
  /** HTTP status of the answer. */
  status?: number | undefined
  /** `error` of the answer (RFC 6749 §5.2). */
  oauthError?: string | undefined
  /** The vendor's own words, without secrets. */
  description?: string | undefined
}

const isGrantErrorMark = Symbol.for('valetkey.GrantError')

/** How a grant says what went wrong; anything else that it throws counts as `unavailable` with `sent: true`. */
export class GrantError extends Error {
  override readonly name = 'GrantError'
  readonly failure: Readonly<GrantFailure>

  constructor(failure: GrantFailure) {
    super([failure.kind, failure.oauthError, failure.description].filter(Boolean).join(': '))
    Object.defineProperty(this, isGrantErrorMark, { value: true })
    this.failure = { ...failure }
  }
}

/** Recognises a `GrantError` across copies of this package. */
export function isGrantError(error: unknown): error is GrantError {
  return typeof error === 'object' && error !== null && isGrantErrorMark in error
}

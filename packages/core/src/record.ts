/** What the store keeps for one grant, as JSON in the opaque `value`. All times are Unix ms of the store's clock. */
export interface GrantRecord {
  readonly v: 1
  /** The store key, so that a record copied to another key is recognised. */
  readonly key: string
  /** Only grows. */
  readonly generation: number
  /** Identity of the token set (or of the sign-out) that the record holds; `''` before the first. */
  readonly setId: string
  /** The set whose refresh token gave this one, and which attempt with it. */
  readonly parent?: { readonly setId: string; readonly attempt: number } | undefined
  readonly tokens?: StoredTokens | undefined
  /** The refresh token of this set may have been obtained while another request with the same parent was under way. */
  readonly contested?: boolean | undefined
  readonly claim?: StoredClaim | undefined
  readonly failure?: StoredFailure | undefined
  readonly rejection?: StoredRejection | undefined
  /** The vendor's final word on the refresh token of this set. */
  readonly dead?: { readonly reason: string; readonly at: number } | undefined
  readonly signedOut?: boolean | undefined
  readonly strikes?: StoredStrikes | undefined
  /** Id of the claim (or sign-in, sign-out) that made the last change beside claims; recognises a write of unknown outcome. */
  readonly writtenBy: string
}

export interface StoredTokens {
  readonly accessToken: string
  readonly tokenType: string
  readonly issuedAt: number
  /** Absent: unknown lifetime, used until refused. */
  readonly expiresAt?: number | undefined
  readonly refreshToken?: string | undefined
  readonly refreshExpiresAt?: number | undefined
  readonly scopes?: readonly string[] | undefined
  readonly extra?: Readonly<Record<string, unknown>> | undefined
  /** Took the place of an earlier set. */
  readonly isRenewal?: boolean | undefined
}

/** Lease and write-ahead intent in one: "this owner is about to send, or has sent, attempt n with the refresh token of `base`". */
export interface StoredClaim {
  readonly owner: string
  readonly attempt: number
  /** The set whose refresh token is spent; `ISSUE` when none is. */
  readonly base: string
  /** End of the lease; 0: given back by its owner, the outcome of the attempt is in doubt. */
  readonly until: number
}

/** In place of a set id in `StoredClaim.base`: nothing is spent, so attempts are not counted and never in doubt. */
export const ISSUE = 'issue'

export interface StoredFailure {
  /** Failures in a row, over all processes. */
  readonly count: number
  readonly retryAt: number
  readonly status?: number | undefined
  readonly reason: string
}

export interface StoredRejection {
  /** First 4 hex digits of SHA-256(salt ‖ secrets): binds only those who hold the same secrets. */
  readonly by?: string | undefined
  readonly salt?: string | undefined
  readonly count: number
  /** Asked again after that, in case the vendor's side was mended. */
  readonly until: number
  readonly oauthError?: string | undefined
  readonly description?: string | undefined
  readonly status?: number | undefined
}

/** Renewed sets in a row that the API refused within a minute of their birth. */
export interface StoredStrikes {
  readonly count: number
  /** The set that was counted last: however often it is refused, it counts once. */
  readonly setId: string
  /** No renewal for a refusal before that. */
  readonly probeAt: number
}

/** A tombstone outlives any late refresh that could bring the account back. */
export const TOMBSTONE_RETAIN_MS: number = 24 * 60 * 60_000

export function emptyRecord(key: string): GrantRecord {
  return { v: 1, key, generation: 0, setId: '', writtenBy: '' }
}

export function serializeRecord(record: GrantRecord): string {
  return JSON.stringify(record)
}

/** `undefined` when the text is no record of this key and version: it must then never be overwritten. */
export function parseRecord(key: string, value: string): GrantRecord | undefined {
  const parsed = parseJson(value)
  return isRecord(parsed) && parsed.key === key ? parsed : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type Shape = Readonly<Record<string, 'string' | 'number' | 'boolean' | 'object'>>

const RECORD: Shape = { v: 'number', key: 'string', generation: 'number', setId: 'string', writtenBy: 'string' }
const TOKENS: Shape = { accessToken: 'string', tokenType: 'string', issuedAt: 'number' }
const TOKENS_OPTIONAL: Shape = { expiresAt: 'number', refreshToken: 'string', refreshExpiresAt: 'number' }
const PARTS: Readonly<Record<string, Shape>> = {
  tokens: TOKENS,
  parent: { setId: 'string', attempt: 'number' },
  claim: { owner: 'string', attempt: 'number', base: 'string', until: 'number' },
  failure: { count: 'number', retryAt: 'number', reason: 'string' },
  rejection: { count: 'number', until: 'number' },
  dead: { reason: 'string', at: 'number' },
  strikes: { count: 'number', setId: 'string', probeAt: 'number' },
}

function isRecord(value: unknown): value is GrantRecord {
  if (!hasShape(value, RECORD) || value.v !== 1) return false
  if (!Object.entries(PARTS).every(([name, shape]) => isAbsent(value, name) || hasShape(value[name], shape)))
    return false
  return isAbsent(value, 'tokens') || hasOptional(value.tokens, TOKENS_OPTIONAL)
}

function hasShape(value: unknown, shape: Shape): value is Record<string, unknown> {
  return (
    isObject(value) &&
    Object.entries(shape).every(([name, type]) => Object.hasOwn(value, name) && typeof value[name] === type)
  )
}

function hasOptional(value: unknown, shape: Shape): boolean {
  return (
    isObject(value) &&
    Object.entries(shape).every(([name, type]) => isAbsent(value, name) || typeof value[name] === type)
  )
}

function isAbsent(value: Record<string, unknown>, name: string): boolean {
  return !Object.hasOwn(value, name)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import type { GrantRecord, StoredFailure, StoredTokens } from '../record.ts'
import { givenBack } from './claim.ts'
import type { Failed, HeldClaim, ObtainedTokens } from './state.ts'
import * as timing from './timing.ts'

/** The record once the new tokens are stored. A foreign claim that is in doubt stays on it. */
export function afterSuccess(record: GrantRecord, claim: HeldClaim, tokens: ObtainedTokens): GrantRecord {
  const isMine = record.claim?.owner === claim.id
  return {
    v: 1,
    key: record.key,
    generation: nextGeneration(record, claim),
    setId: claim.id,
    parent: claim.mode === 'refresh' ? { setId: claim.setId, attempt: claim.attempt } : undefined,
    tokens: storedTokens(record, claim, tokens),
    contested: claim.attempt > 1 || (!isMine && record.claim !== undefined) ? true : undefined,
    claim: isMine ? undefined : record.claim,
    strikes: record.strikes,
    writtenBy: claim.id,
  }
}

/** First sets start at the store's clock: no process that remembers an older life of the key is ahead of it. */
function nextGeneration(record: GrantRecord, claim: HeldClaim): number {
  const next = Math.max(record.generation, claim.generation) + 1
  return claim.isFirst ? Math.max(next, claim.claimedAt) : next
}

function storedTokens(record: GrantRecord, claim: HeldClaim, tokens: ObtainedTokens): StoredTokens {
  const before = record.tokens
  const keepsRefresh = claim.mode === 'refresh' && tokens.refreshToken === undefined
  const { lifetimeMs, refreshLifetimeMs } = tokens
  return {
    accessToken: tokens.accessToken,
    tokenType: tokens.tokenType,
    issuedAt: claim.claimedAt,
    expiresAt: lifetimeMs === undefined ? undefined : claim.claimedAt + lifetimeMs,
    refreshToken: keepsRefresh ? claim.refreshToken : tokens.refreshToken,
    refreshExpiresAt:
      refreshLifetimeMs === undefined
        ? keepsRefresh
          ? before?.refreshExpiresAt
          : undefined
        : claim.claimedAt + refreshLifetimeMs,
    scopes: tokens.scopes ?? (claim.mode === 'refresh' ? before?.scopes : undefined),
    extra: tokens.extra,
    isRenewal: claim.isFirst ? undefined : true,
  }
}

/** `chance`: at least 0, below 1. */
export function afterFailure(
  record: GrantRecord,
  claim: HeldClaim,
  failure: Failed,
  now: number,
  chance: number,
): GrantRecord {
  return {
    ...withoutDeadRefreshToken(record, claim),
    claim: record.claim && givenBack(record.claim, isAmbiguous(failure)),
    failure: nextFailure(record, failure, now, chance),
    writtenBy: claim.id,
  }
}

/** Sent, and no definitive answer: the vendor may have rotated the refresh token. A rate limit refuses before that. */
function isAmbiguous({ sent, status, oauthError }: Failed): boolean {
  return sent && status !== 429 && !(status === 503 && oauthError !== undefined)
}

function nextFailure(record: GrantRecord, failure: Failed, now: number, chance: number): StoredFailure {
  const count = (record.failure?.count ?? 0) + 1
  const waitMs = failure.retryAfterMs ?? backoffMs(count, chance)
  return { count, retryAt: now + waitMs, status: failure.status, reason: reasonOf(failure) }
}

/** Where nothing was sent, the grant's own words: a secret that cannot be read, a host that is not found. */
export function reasonOf({ sent, status, oauthError, description }: Failed): string {
  if (oauthError !== undefined) return oauthError
  if (status !== undefined) return `status ${status}`
  return (sent ? undefined : description) ?? 'no answer'
}

function backoffMs(count: number, chance: number): number {
  const quick = timing.QUICK_RETRIES_MS[count - 1]
  if (quick !== undefined) return quick * (0.5 + chance)
  const doubled = timing.BACKOFF_MIN_MS * 2 ** Math.min(count - timing.QUICK_RETRIES_MS.length - 1, 16)
  return Math.min(doubled, timing.BACKOFF_MAX_MS) * (0.5 + chance / 2)
}

/** The vendor refused the client: nothing was spent, the grant lives on. */
export function afterRejection(record: GrantRecord, claim: HeldClaim, failure: Failed, now: number): GrantRecord {
  const count = (record.rejection?.count ?? 0) + 1
  const holdMs = Math.min(timing.REJECTION_MIN_MS * 2 ** Math.min(count - 1, 16), timing.REJECTION_MAX_MS)
  const { by, salt, oauthError, description, status } = failure
  return {
    ...withoutDeadRefreshToken(record, claim),
    claim: record.claim && givenBack(record.claim, false),
    rejection: { by, salt, count, until: now + holdMs, oauthError, description, status },
    writtenBy: claim.id,
  }
}

export function afterDeath(record: GrantRecord, claim: HeldClaim, failure: Failed, now: number): GrantRecord {
  const isOutcomeLost = claim.attempt > 1 || record.contested === true
  return {
    ...withoutDeadRefreshToken(record, { ...claim, isRefreshDead: true }),
    claim: undefined,
    dead: { reason: isOutcomeLost ? 'refresh_outcome_lost' : (failure.oauthError ?? 'invalid_grant'), at: now },
    writtenBy: claim.id,
  }
}

function withoutDeadRefreshToken(record: GrantRecord, claim: HeldClaim): GrantRecord {
  if (!claim.isRefreshDead || !record.tokens) return record
  return { ...record, tokens: { ...record.tokens, refreshToken: undefined, refreshExpiresAt: undefined } }
}

import { accessSetOf } from '../refresh/run.ts'
import type { CredentialStatus, CredentialStatusDetails, CredentialStatusError } from '../token-credential.ts'
import type { FoundRecord } from './look.ts'
import type { HeldTokens } from './memory.ts'
import { boundedTime, type GrantRecord, mustRenew } from './record.ts'

/** From the store's clock to this machine's, Unix ms. */
type ToLocal = (storeTime: number) => number

/** With the store down, what memory holds is still good. Whether it can be renewed is then unknown. */
export function statusFromMemory(
  { expiresAt, generation, refreshedAt, refreshExpiresAt, tokens }: HeldTokens,
  lastError: CredentialStatusError,
): CredentialStatus {
  return {
    state: 'ready',
    renewable: false,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(tokens.scopes && { scopes: tokens.scopes }),
    generation,
    refreshedAt,
    ...(refreshExpiresAt !== undefined && { refreshExpiresAt }),
    lastError,
  }
}

/** @param offsetMs what this machine's clock is ahead of the store's */
export function statusOf({ policy, snapshot, route }: FoundRecord, offsetMs: number): CredentialStatus {
  const toLocal: ToLocal = (storeTime) => Math.round(storeTime + offsetMs)
  const { record, now } = snapshot
  const tokens = record?.tokens
  const renewable = typeof route !== 'object'
  const details = detailsOf(record, now, toLocal)
  const hasEnded = tokens?.refreshExpiresAt !== undefined && tokens.refreshExpiresAt <= now
  const since = toLocal(record?.dead?.at ?? (hasEnded ? (tokens.refreshExpiresAt ?? now) : now))
  const hasExpired = tokens?.expiresAt !== undefined && tokens.expiresAt <= now
  if (tokens && !hasExpired && !mustRenew(tokens, now, policy.windows)) {
    const isOver = !renewable && route.type === 'reauthorization_required' && (record?.dead || hasEnded)
    return {
      state: 'ready',
      renewable,
      ...(tokens.expiresAt !== undefined && { expiresAt: toLocal(tokens.expiresAt) }),
      ...(isOver && { reauthorization: { reason: route.reason, since } }),
      ...details,
    }
  }
  if (renewable) return { state: 'renewable', ...details }
  if (route.type !== 'reauthorization_required') return { state: 'signed_out', ...details }
  return { state: 'reauthorization_required', reason: route.reason, since, ...details }
}

function detailsOf(record: GrantRecord | undefined, now: number, toLocal: ToLocal): CredentialStatusDetails {
  const tokens = record?.tokens
  const lastError = lastErrorOf(record, now, toLocal)
  return {
    ...(tokens && { generation: accessSetOf(record).generation, refreshedAt: toLocal(tokens.issuedAt) }),
    ...(tokens?.refreshExpiresAt !== undefined && { refreshExpiresAt: toLocal(tokens.refreshExpiresAt) }),
    ...(tokens?.scopes && { scopes: tokens.scopes }),
    ...(lastError && { lastError }),
  }
}

/** The newest error in the record; new tokens replace them all. */
function lastErrorOf(
  record: GrantRecord | undefined,
  now: number,
  toLocal: ToLocal,
): CredentialStatusError | undefined {
  if (!record) return undefined
  const { dead, rejection, failure } = record
  const errors: CredentialStatusError[] = []
  if (dead) errors.push({ code: 'reauthorization_required', reason: dead.reason, at: toLocal(dead.at) })
  const noted = (code: 'client_rejected' | 'token_unavailable', at: unknown, retryAt: number, reason: string) =>
    errors.push({
      code,
      reason,
      at: toLocal(typeof at === 'number' ? boundedTime(at) : now),
      ...(retryAt > now && { retryAt: toLocal(boundedTime(retryAt)) }),
    })
  if (rejection)
    noted(
      'client_rejected',
      rejection.at,
      rejection.until,
      String(rejection.oauthError ?? rejection.status ?? 'refused'),
    )
  if (failure) noted('token_unavailable', failure.at, failure.retryAt, failure.reason)
  return errors.reduce<CredentialStatusError | undefined>(
    (last, error) => (last && last.at >= error.at ? last : error),
    undefined,
  )
}

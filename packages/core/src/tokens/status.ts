import { accessSetOf, type FlightPolicy, readSnapshot, routeOf, type Snapshot, storeFailure } from '../refresh/run.ts'
import type { CredentialStatus, CredentialStatusDetails, CredentialStatusError } from '../token-credential.ts'
import type { AccountTokens } from './account.ts'
import type { HeldTokens, NegativeResult } from './memory.ts'
import { boundedTime, type GrantRecord, mustRenew, type StoredTokens } from './record.ts'

/** From the store's clock to this machine's, Unix ms. */
type ToLocal = (storeTime: number) => number

/** What the store says; with the store down, what memory holds. @throws CredentialError as `TokenCredential.status` */
export async function readStatus(account: AccountTokens): Promise<CredentialStatus> {
  const { store, clock, target } = account.settings()
  const fromMemory = (problem: NegativeResult): CredentialStatus => {
    const held = problem.type === 'record_unreadable' ? undefined : account.current()?.lifecycle.memory.usable(-1)
    const error = account.error(problem)
    if (!held) throw error
    const reason = 'reason' in problem ? (problem.reason ?? 'no answer') : problem.type
    const retryAt = problem.type === 'token_unavailable' ? { retryAt: problem.retryAt } : {}
    return statusFromMemory(held, { code: error.code, reason, at: Math.round(clock.now()), ...retryAt })
  }
  const found = await account.findOrProblem()
  if ('problem' in found) return fromMemory(found.problem)
  const snapshot = await readSnapshot({ store, clock }, found.key, false, target).catch(storeFailure)
  if ('type' in snapshot) return fromMemory(snapshot)
  const offset = clock.now() - snapshot.now - (clock.monotonic() - snapshot.mono)
  return credentialStatus(found.policy, snapshot, (storeTime) => Math.round(storeTime + offset))
}

/** The stored tokens, valid or not; `undefined` where there are none, or the store cannot be read. */
export async function readTokens(account: AccountTokens): Promise<StoredTokens | undefined> {
  const { store, clock, target } = account.settings()
  const found = await account.findOrProblem()
  if ('problem' in found) return undefined
  const snapshot = await readSnapshot({ store, clock }, found.key, false, target).catch(() => undefined)
  return snapshot?.record?.tokens
}

/** With the store down, what memory holds is still good. Whether it can be renewed is then unknown. */
function statusFromMemory(
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

function credentialStatus(policy: FlightPolicy, snapshot: Snapshot, toLocal: ToLocal): CredentialStatus {
  const { record, now } = snapshot
  const tokens = record?.tokens
  const route = routeOf(policy, snapshot)
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

/** The newest of what the record tells of; new tokens take the place of all of it. */
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

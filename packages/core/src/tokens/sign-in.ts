import { ownMembers } from '../members.ts'
import {
  readSnapshot,
  type Snapshot,
  STORE_PATIENCE_MS,
  STORE_RETRY_MS,
  type StoreFailure,
  storeFailure,
} from '../refresh/run.ts'
import { setWithin, type TokenStore } from '../store.ts'
import type { Clock } from '../time.ts'
import { lossPauseMs, type ObtainedTokens, randomId } from './grant.ts'
import type { CheckedImport } from './import.ts'
import { type GrantRecord, serializeRecord, TOMBSTONE_RETAIN_MS, unknownMembers } from './record.ts'

/** Stores the tokens that a person's sign-in gave; no refresh that began before can overwrite them. */
export function storeSignedIn(
  parts: Parameters<typeof replaceRecord>[0],
  key: string,
  tokens: ObtainedTokens,
): Promise<Replaced> {
  const id = randomId()
  return replaceRecord(parts, key, (snapshot) => signedInRecord(key, id, tokens, snapshot))
}

/** The same for tokens that the program has from elsewhere, unless their refresh token is one that this store knows. */
export function storeImported(
  parts: Parameters<typeof replaceRecord>[0],
  key: string,
  imported: CheckedImport,
): Promise<Replaced> {
  const id = randomId()
  return replaceRecord(parts, key, (snapshot) =>
    isKnown(snapshot, imported)
      ? undefined
      : { ...signedInRecord(key, id, imported.tokens, snapshot), imported: imported.digest },
  )
}

/**
 * Whether the stored grant is alive and this refresh token is part of it: the stored one, which a lease may be sending, or the
 * one imported last, which the vendor may have replaced since.
 */
function isKnown({ record, now }: Snapshot, { tokens, digest }: CheckedImport): boolean {
  const { refreshToken, refreshExpiresAt = Number.POSITIVE_INFINITY } = record?.tokens ?? {}
  if (!record || refreshToken === undefined || record.dead || refreshExpiresAt <= now) return false
  const isStored = refreshToken === tokens.refreshToken
  if (isStored && (record.claim !== undefined || tokens.accessToken === '')) return true
  // Its access token has been refreshed since, whether the vendor rotates refresh tokens or not.
  const isRefreshed = !isStored || record.tokens?.isRenewal === true
  return isRefreshed && record.imported !== undefined && record.imported === digest
}

function signedInRecord(key: string, id: string, tokens: ObtainedTokens, { record, now }: Snapshot): GrantRecord {
  const { lifetimeMs, refreshLifetimeMs, proofKey, ...rest } = tokens
  return {
    ...unknownMembers(record),
    v: 1,
    key,
    generation: Math.max((record?.generation ?? 0) + 1, Math.floor(now)),
    setId: id,
    tokens: {
      ...rest,
      issuedAt: now,
      expiresAt: lifetimeMs === undefined ? undefined : now + lifetimeMs,
      refreshExpiresAt: refreshLifetimeMs === undefined ? undefined : now + refreshLifetimeMs,
    },
    proofKey,
    imported: record?.imported,
    writtenBy: id,
  }
}

/** Replaces the stored value with a tombstone; a late refresh finds it and discards its own result. */
export function storeTombstone(parts: Parameters<typeof replaceRecord>[0], key: string): Promise<Replaced> {
  const id = randomId()
  return replaceRecord(parts, key, ({ record, version, now }) => {
    // A version without a record means a damaged record.
    if (version === undefined) return undefined
    // A tombstone under a lease is not enough: the holder of the lease would store new tokens over it.
    if (record?.signedOut && !record.claim) return undefined
    return {
      ...unknownMembers(record),
      v: 1,
      key,
      generation: record ? record.generation + 1 : Math.floor(now),
      setId: id,
      signedOut: true,
      writtenBy: id,
    }
  })
}

/** Longer than for a store that fails: each lost write is a write of another. */
const LOSING_LIMIT_MS = 30_000

export type Replaced =
  /** `before`: what it took the place of. */
  | { readonly type: 'replaced'; readonly snapshot: Snapshot; readonly before: GrantRecord | undefined }
  | Pick<StoreFailure, 'type' | 'reason'>

/**
 * Replaces the stored value with another record, for a sign-in or a sign-out: both win over any refresh under way.
 * @param next what to store; `undefined`: it may stay as it is. Each record it gives has the same `writtenBy`.
 */
export async function replaceRecord(
  parts: { readonly store: TokenStore; readonly clock: Clock },
  key: string,
  next: (snapshot: Snapshot) => GrantRecord | undefined,
): Promise<Replaced> {
  const { store, clock } = parts
  const startedAt = clock.monotonic()
  let losses = 0
  let before: GrantRecord | undefined
  for (;;) {
    try {
      const snapshot = await readSnapshot(parts, key, true)
      const replacement = next(snapshot)
      const record = replacement && ownMembers(replacement)
      // A write of unknown outcome is recognised by its author.
      if (record && record.writtenBy === snapshot.record?.writtenBy) return { type: 'replaced', snapshot, before }
      before = snapshot.record
      if (!record) return { type: 'replaced', snapshot, before }
      const retainMs = record.signedOut ? TOMBSTONE_RETAIN_MS : undefined
      const written = await setWithin(store, clock, key, snapshot.version, serializeRecord(record), retainMs)
      if (written.ok) return { type: 'replaced', snapshot: { ...snapshot, record, version: written.version }, before }
      losses += 1
      if (clock.monotonic() - startedAt > LOSING_LIMIT_MS)
        return { type: 'store_unavailable', reason: 'every write is lost' }
      const pauseMs = lossPauseMs(losses, clock.random())
      if (pauseMs > 0) await clock.sleep(pauseMs)
    } catch (error) {
      const { type, reason, isMistake } = storeFailure(error)
      const isFinal = type === 'record_unreadable' || isMistake
      if (isFinal || clock.monotonic() + STORE_RETRY_MS - startedAt >= STORE_PATIENCE_MS) return { type, reason }
      await clock.sleep(STORE_RETRY_MS)
    }
  }
}

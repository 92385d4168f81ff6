import type { Clock } from './clock.ts'
import { randomId } from './fingerprint.ts'
import { readKnown } from './flight/run-flight.ts'
import type { Known } from './flight/state.ts'
import { STORE_PATIENCE_MS, STORE_RETRY_MS } from './flight/timing.ts'
import { type GrantRecord, type StoredTokens, serializeRecord, TOMBSTONE_RETAIN_MS } from './record.ts'
import type { TokenStore } from './store.ts'
import { setWithin } from './store-call.ts'

export type SignedOut =
  | { readonly type: 'signed-out'; readonly known: Known; readonly tokens: StoredTokens | undefined }
  | { readonly type: 'unreadable' }
  | { readonly type: 'store' }

/** Puts a tombstone in place of whatever is stored; a late refresh finds it and discards its own result. */
export async function storeTombstone(parts: { store: TokenStore; clock: Clock }, key: string): Promise<SignedOut> {
  const { clock } = parts
  const id = randomId()
  const giveUpAt = clock.monotonic() + STORE_PATIENCE_MS
  let tokens: StoredTokens | undefined
  for (;;) {
    try {
      const known = await readKnown(parts, key)
      if (known === undefined) return { type: 'unreadable' }
      tokens = known.record?.tokens ?? tokens
      if (isSignedOut(known.record, id)) return { type: 'signed-out', known, tokens }
      const tombstone = tombstoneOf(known.record, id)
      const written = await setWithin(
        parts.store,
        clock,
        key,
        known.version,
        serializeRecord(tombstone),
        TOMBSTONE_RETAIN_MS,
      )
      if (written.ok)
        return { type: 'signed-out', known: { ...known, record: tombstone, version: written.version }, tokens }
    } catch {
      if (clock.monotonic() >= giveUpAt) return { type: 'store' }
      await clock.sleep(STORE_RETRY_MS)
    }
  }
}

/** A tombstone under a claim is not enough: whoever issues under it would bring the account back. */
function isSignedOut(record: GrantRecord | undefined, id: string): record is GrantRecord | undefined {
  return record === undefined || record.writtenBy === id || (record.signedOut === true && record.claim === undefined)
}

function tombstoneOf(record: GrantRecord | undefined, id: string): GrantRecord {
  const { key = '', generation = 0 } = record ?? {}
  return { v: 1, key, generation: generation + 1, setId: id, signedOut: true, writtenBy: id }
}

import type { Clock } from './clock.ts'
import { readKnown, storeProblem } from './flight/run-flight.ts'
import type { Known } from './flight/state.ts'
import { STORE_PATIENCE_MS, STORE_RETRY_MS } from './flight/timing.ts'
import { type GrantRecord, serializeRecord, TOMBSTONE_RETAIN_MS } from './record.ts'
import type { TokenStore } from './store.ts'
import { setWithin } from './store-call.ts'

export type Replaced =
  /** `before`: what it took the place of. */
  | { readonly type: 'replaced'; readonly known: Known; readonly before: GrantRecord | undefined }
  | { readonly type: 'unreadable' }
  | { readonly type: 'store'; readonly reason?: string | undefined }

/**
 * Puts another record in place of whatever is stored, for a sign-in or a sign-out: both win over any refresh under way.
 * @param next what to store; `undefined`: it may stay as it is. Each record it gives has the same `writtenBy`.
 */
export async function replaceRecord(
  parts: { readonly store: TokenStore; readonly clock: Clock },
  key: string,
  next: (known: Known) => GrantRecord | undefined,
): Promise<Replaced> {
  const { store, clock } = parts
  const giveUpAt = clock.monotonic() + STORE_PATIENCE_MS
  let before: GrantRecord | undefined
  for (;;) {
    try {
      const known = await readKnown(parts, key)
      if (known === undefined) return { type: 'unreadable' }
      const record = next(known)
      // A write of unknown outcome is recognised by its author.
      if (record && record.writtenBy === known.record?.writtenBy) return { type: 'replaced', known, before }
      before = known.record
      if (!record) return { type: 'replaced', known, before }
      const retainMs = record.signedOut ? TOMBSTONE_RETAIN_MS : undefined
      const written = await setWithin(store, clock, key, known.version, serializeRecord(record), retainMs)
      if (written.ok) return { type: 'replaced', known: { ...known, record, version: written.version }, before }
    } catch (error) {
      if (clock.monotonic() >= giveUpAt) return { type: 'store', reason: storeProblem(error) }
      await clock.sleep(STORE_RETRY_MS)
    }
  }
}

import { recordUnreadable } from './failure.ts'

/** The stored value of a key. */
export interface StoredRecord {
  readonly version: string
  readonly value: string
  /** When it may be dropped, in Unix ms. */
  readonly endsAt?: number | null
}

/**
 * `undefined`: the record is absent or has expired. @param place of the record, for an error
 * @throws CredentialError `record_unreadable` for a value that this package did not write
 */
export function readRecord(stored: unknown, now: number, place: string): StoredRecord | undefined {
  if (stored === undefined) return undefined
  if (!isRecord(stored)) throw recordUnreadable(`the record of ${place} was made by something else`)
  return isOver(stored, now) ? undefined : stored
}

function isOver({ endsAt }: StoredRecord, now: number): boolean {
  return typeof endsAt === 'number' && endsAt <= now
}

function isRecord(stored: unknown): stored is StoredRecord {
  if (typeof stored !== 'object' || stored === null) return false
  const { version, value, endsAt }: { version?: unknown; value?: unknown; endsAt?: unknown } = stored
  return (
    typeof version === 'string' &&
    typeof value === 'string' &&
    ['undefined', 'number'].includes(typeof (endsAt ?? undefined))
  )
}

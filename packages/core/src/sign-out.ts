import { randomId } from './fingerprint.ts'
import { type Replaced, replaceRecord } from './replace-record.ts'

/** Puts a tombstone in place of whatever is stored; a late refresh finds it and discards its own result. */
export function storeTombstone(parts: Parameters<typeof replaceRecord>[0], key: string): Promise<Replaced> {
  const id = randomId()
  return replaceRecord(parts, key, ({ record }) => {
    // A tombstone under a claim is not enough: whoever issues under it would bring the account back.
    if (!record || (record.signedOut && !record.claim)) return undefined
    return { v: 1, key, generation: record.generation + 1, setId: id, signedOut: true, writtenBy: id }
  })
}

import { CredentialError } from '../errors.ts'
import { isObject, parseJson, withoutNulls } from './record.ts'

/** The problem, and what to do about it. */
const UNREADABLE: Readonly<Record<Unreadable, string>> = {
  damaged: 'is empty, cut off or malformed; restore it from a backup, or sign in again: that takes its place',
  newer: 'was written by a newer version of valetkey and is left as it is: update this program',
  of_another_key: 'belongs to another key and is not changed: move it back, or delete it and sign in again',
  encrypted:
    'is encrypted and is left as it is: give this program the encrypted store and its keys, or delete it and sign in again',
  foreign:
    'is not a record of valetkey and is not changed: give this program a separate store, or delete it and sign in again',
}

/** What `parseRecord` does not read, as an error; with `damaged` only where it may be overwritten. */
export function recordUnreadable(
  key: string,
  value: string,
  read: { readonly now: number; readonly version: string },
): CredentialError<'record_unreadable'> {
  const what = unreadableAs(key, value)
  const damaged = what === 'damaged' ? read : undefined
  return new CredentialError('record_unreadable', `the record of the key ${key} ${UNREADABLE[what]}`, {
    vendor: 'core',
    damaged,
  })
}

/** Why `parseRecord` does not read a string. Only what is `damaged` may be overwritten. */
type Unreadable = 'damaged' | 'newer' | 'of_another_key' | 'encrypted' | 'foreign'

/** How every envelope of `encryptedStore` begins: Base64url of `{"alg":"dir"`. */
const ENVELOPE_START = 'eyJhbGciOiJkaXIi'

/**
 * Damage has to be proven: nothing at all, this key's record of version 1 with a member missing or of another type, or the
 * beginning of one. Of a record that was cut, the members count that are there as a whole.
 */
function unreadableAs(key: string, value: string): Unreadable {
  if (/^[\s\0]*$/.test(value)) return 'damaged'
  if (value.startsWith(ENVELOPE_START)) return 'encrypted'
  const whole = parseJson(value)
  if (whole === undefined && JSON.stringify({ v: 1, key }).slice(0, -1).startsWith(value)) return 'damaged'
  const members = withoutNulls(whole ?? parseJson(wholeMembers(value)))
  if (!isObject(members)) return 'foreign'
  if (typeof members.v === 'number' && members.v > 1) return 'newer'
  if (members.v !== 1 || typeof members.key !== 'string') return 'foreign'
  return members.key === key ? 'damaged' : 'of_another_key'
}

/** The JSON object that a string begins with, up to its end, or up to its last whole member where it was cut. */
function wholeMembers(text: string): string {
  if (!text.startsWith('{')) return ''
  let depth = 0
  let end = 0
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|[{}[\],]/g)) {
    if (token === '{' || token === '[') depth += 1
    if (token === '}' || token === ']') depth -= 1
    if (depth === 0) return text.slice(0, index + 1)
    if (token === ',' && depth === 1) end = index
  }
  return `${text.slice(0, end)}}`
}

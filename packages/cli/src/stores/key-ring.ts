import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { TokenStore } from '@valetkey/core'
import { fileStore } from '@valetkey/store-file'
import { CliError, EXIT } from '../cli-error.ts'
import type { Io } from '../io.ts'
import { isObject, member, parseObject } from '../json.ts'
import { type Key, parseKeys } from './key-text.ts'
import type { Keychain } from './keychain.ts'

/** Where the keys of this machine's store are. */
export type KeyPlace = 'keychain' | 'environment' | 'file'

/** The first encrypts, all decrypt. */
export interface KeyRing {
  readonly place: KeyPlace
  readonly keys: readonly Key[]
}

export interface KeyRingOptions {
  /** The folder of the CLI's data. */
  readonly folder: string
  readonly env: Io['env']
  /** Only if needed: it may open a dialog. `isNew`: first checks that it keeps what is written. */
  readonly openKeychain: (options: { readonly isNew: boolean }) => Promise<Keychain | undefined>
}

/** In a file that only this user may read. */
interface RingRecord {
  readonly place: KeyPlace
  /** Where the keys are in the keychain. */
  readonly entry?: string | undefined
  /** The entry before, for processes that run; removed at the next change. */
  readonly previousEntry?: string | undefined
  /** The keys themselves, where `place` is `file`. */
  readonly keys: readonly Key[]
}

const RECORD = 'ring'
/** A running process may still write with the previous key; records of older keys have been encrypted again. */
const KEPT_KEYS = 2

/** The keys with which the store was begun; `undefined` when it has not been. @throws CliError when they cannot be had */
export async function readKeyRing(options: KeyRingOptions): Promise<KeyRing | undefined> {
  const { value } = await ringStore(options).get(RECORD)
  return value === undefined ? undefined : await ringOf(parseRecord(value), options)
}

/** The same, begun now if need be: with a key in the keychain, else VALETKEY_KEY, else a key in a private file. */
export async function openKeyRing(options: KeyRingOptions): Promise<KeyRing> {
  const found = await readKeyRing(options)
  if (found !== undefined) return found
  await replaceRing(options, undefined, { keys: [] })
  return await openKeyRing(options)
}

/**
 * Puts a new key first, in the keychain if there is one now. The previous key still decrypts. Only the user
 * can change the keys of VALETKEY_KEY. Another process may do the same at this time.
 */
export async function renewKeyRing(options: KeyRingOptions): Promise<KeyRing> {
  const { version, value } = await ringStore(options).get(RECORD)
  const record = value === undefined ? undefined : parseRecord(value)
  if (record !== undefined && record.place !== 'environment') {
    const { keys } = await ringOf(record, options)
    await replaceRing(options, version, { ...record, keys: keys.slice(0, KEPT_KEYS - 1) })
  }
  return await openKeyRing(options)
}

type Before = Pick<RingRecord, 'keys' | 'entry' | 'previousEntry'>

/** Another process may have been first; then its keys count. */
async function replaceRing(options: KeyRingOptions, version: string | undefined, before: Before): Promise<void> {
  const keychain = await options.openKeychain({ isNew: true })
  const record = await newRecord(options, before, keychain)
  const { ok } = await ringStore(options).compareAndSet(RECORD, version, JSON.stringify(record))
  const superfluous = ok ? before.previousEntry : record.entry
  if (superfluous !== undefined) await keychain?.remove(superfluous)
}

async function newRecord(
  { env }: KeyRingOptions,
  { keys, entry: previousEntry }: Before,
  keychain: Keychain | undefined,
): Promise<RingRecord> {
  const fresh = { id: randomBytes(8).toString('hex'), key: randomBytes(32).toString('base64') }
  if (keychain !== undefined) {
    const entry = `keys-${fresh.id}`
    await keychain.write(entry, JSON.stringify([fresh, ...keys]))
    return { place: 'keychain', entry, previousEntry, keys: [] }
  }
  return env.VALETKEY_KEY ? { place: 'environment', keys } : { place: 'file', keys: [fresh, ...keys] }
}

async function ringOf({ place, entry, keys }: RingRecord, options: KeyRingOptions): Promise<KeyRing> {
  if (place === 'file') return { place, keys }
  if (place === 'keychain') return { place, keys: await keysOfKeychain(entry ?? '', options) }
  const { VALETKEY_KEY } = options.env
  if (!VALETKEY_KEY) throw keyError('the store is encrypted with VALETKEY_KEY, which is not set')
  const own = parseKeys('VALETKEY_KEY', VALETKEY_KEY)
  return { place, keys: [...own, ...keys.filter(({ id }) => !own.some((key) => key.id === id))] }
}

async function keysOfKeychain(entry: string, { openKeychain }: KeyRingOptions): Promise<readonly Key[]> {
  const keychain = await openKeychain({ isNew: false })
  if (keychain === undefined) throw keyError('the key of the store is in the keychain, which cannot be used now')
  const keys = parseKeyList(await keychain.read(entry))
  if (keys === undefined) throw keyError('the key of the store is no longer in the keychain')
  return keys
}

function parseRecord(value: string): RingRecord {
  const record = parseObject(value)
  const place = member(record, 'place')
  const keys = checkedKeys(member(record, 'keys'))
  const isKnown = place === 'keychain' || place === 'environment' || place === 'file'
  if (!isKnown || keys === undefined) throw keyError('the list of keys is of a newer version of valetkey')
  const textOf = (name: string) => {
    const text = member(record, name)
    return typeof text === 'string' ? text : undefined
  }
  return { place, keys, entry: textOf('entry'), previousEntry: textOf('previousEntry') }
}

function parseKeyList(text: string | undefined): readonly Key[] | undefined {
  return text === undefined ? undefined : checkedKeys(member(parseObject(`{"keys":${text}}`), 'keys'))
}

function checkedKeys(value: unknown): readonly Key[] | undefined {
  return Array.isArray(value) && value.every(isKey) ? value : undefined
}

function isKey(value: unknown): value is Key {
  return isObject(value) && typeof value.id === 'string' && typeof value.key === 'string'
}

function keyError(message: string): CliError {
  return new CliError('key', EXIT.store, message)
}

/** Unencrypted: it states where the keys are. */
function ringStore({ folder }: KeyRingOptions): TokenStore {
  return fileStore({ path: join(folder, 'keys') })
}

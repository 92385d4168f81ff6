import { type CredentialErrorOf, isCredentialError, type TokenStore } from '@valetkey/core'
import { isObject, isPairs, isTexts, type JsonObject, member, parseObject } from './json.ts'
import { put } from './stores/staged-store.ts'
import type { OptionValue, OptionValues } from './vendors/settings.ts'

/** A sign-in as it was made: what is needed to use its tokens from any folder. Kept encrypted on this machine. */
export interface Connection {
  readonly vendor: string
  readonly account: string
  /** Where its tokens are: the label of a shared store, or `''` for this machine's. */
  readonly store: string
  /** The package that made it, and where that was: no other one gets its secrets. */
  readonly package: string
  readonly folder: string
  /** The folder that a person had allowed for it; absent where the package is the command line's own. */
  readonly project?: string
  readonly grant: string
  /** Including secrets, except those that only a sign-in needs. */
  readonly options: OptionValues
}

export type ConnectionName = Pick<Connection, 'vendor' | 'account' | 'store'>

/** Removed ones need not be told from those that never were. */
const REMOVED_MS = 1

/** `undefined` when there is none. */
export async function readConnection(store: TokenStore, name: ConnectionName): Promise<Connection | undefined> {
  const { value } = await store.get(connectionKey(name))
  return value === undefined ? undefined : parseConnection(value)
}

export async function writeConnection(store: TokenStore, connection: Connection): Promise<void> {
  await put(store, connectionKey(connection), JSON.stringify({ v: 1, ...connection }))
}

export async function removeConnection(store: TokenStore, name: ConnectionName): Promise<void> {
  const isThere = (await store.get(connectionKey(name))).value !== undefined
  if (isThere) await put(store, connectionKey(name), JSON.stringify({ v: 1 }), { retainMs: REMOVED_MS })
}

/** Called for a record that cannot be read: the others are still listed. */
export type OnUnreadable = (error: CredentialErrorOf<'record_unreadable'>) => void

/** Those whose tokens are in the store of this label, sorted by vendor and account. */
export async function listConnections(
  store: TokenStore,
  label: string,
  onUnreadable: OnUnreadable,
): Promise<Connection[]> {
  const found: Connection[] = []
  for await (const key of listKeys(store, onUnreadable)) {
    const name = nameOf(key)
    const connection =
      name?.store === label ? await readConnection(store, name).catch(unlessUnreadable(onUnreadable)) : undefined
    if (connection !== undefined) found.push(connection)
  }
  return found.toSorted((a, b) => a.vendor.localeCompare(b.vendor) || a.account.localeCompare(b.account))
}

/** All keys that the store can name. */
export async function* listKeys(store: TokenStore, onUnreadable: OnUnreadable): AsyncGenerator<string> {
  try {
    yield* store.list?.() ?? []
  } catch (error) {
    unlessUnreadable(onUnreadable)(error)
  }
}

function unlessUnreadable(onUnreadable: OnUnreadable): (error: unknown) => undefined {
  return (error) => {
    if (!isCredentialError(error, 'record_unreadable')) throw error
    onUnreadable(error)
    return undefined
  }
}

/** No token's key begins so. */
const KEY_KIND = 'vkcli1'

export function connectionKey({ vendor, account, store }: ConnectionName): string {
  return JSON.stringify([KEY_KIND, vendor, account, store])
}

function nameOf(key: string): ConnectionName | undefined {
  const parts = member(parseObject(`{"parts":${key}}`), 'parts')
  if (!isTexts(parts) || parts.length !== 4 || parts[0] !== KEY_KIND) return undefined
  const [, vendor = '', account = '', store = ''] = parts
  return { vendor, account, store }
}

/** `undefined` for one that was removed, and for one of a newer version. */
function parseConnection(value: string): Connection | undefined {
  const record = parseObject(value)
  return record !== undefined && isConnection(record) ? record : undefined
}

function isConnection(record: JsonObject): record is JsonObject & Connection {
  const texts = [record.vendor, record.account, record.store, record.package, record.folder, record.grant]
  if (record.v !== 1 || !isTexts(texts) || !isObject(record.options)) return false
  if (record.project !== undefined && typeof record.project !== 'string') return false
  return Object.values(record.options).every(isOptionValue)
}

function isOptionValue(value: unknown): value is OptionValue {
  return typeof value === 'string' || typeof value === 'boolean' || isTexts(value) || isPairs(value)
}

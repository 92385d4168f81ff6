import type { TokenStore } from '@valetkey/core'
import { invalidOption, knownOptions } from '@valetkey/core/kit'
import { announce, waitForChange } from './changes.ts'
import { createConnection, type Records } from './connection.ts'
import { PACKAGE } from './failure.ts'
import { readRecord, type StoredRecord } from './record.ts'
import { resultOf } from './requests.ts'

export interface IndexedDbStoreOptions {
  /** Name of the database; all tabs and workers of a site that use one name share their tokens. @default 'valetkey' */
  readonly database?: string | undefined
}

/**
 * Keeps tokens in the browser, shared by all tabs and workers of the site. The database is opened on first use, so you can
 * create the store without IndexedDB, such as on a server that renders pages; a call there rejects with `store_unavailable`.
 * @throws CredentialError `invalid_option`
 */
export function indexedDbStore(options: IndexedDbStoreOptions = {}): Required<TokenStore> {
  const { database = 'valetkey' } = knownOptions(PACKAGE, options, { database: true })
  if (typeof database !== 'string' || database === '') {
    throw invalidOption(PACKAGE, 'database', 'must be a non-empty string')
  }
  const connection = createConnection(database)
  const placeOf = (key: string): string => `the key ${key} in the database "${database}"`

  const get: TokenStore['get'] = (key) =>
    connection.transact('readonly', async ({ byKey }) => {
      const now = Date.now()
      const record = readRecord(await resultOf(byKey.get(key)), now, placeOf(key))
      return record === undefined ? { now } : { now, version: record.version, value: record.value }
    })

  return {
    specVersion: 'v1',
    get,
    async compareAndSet(key, expected, value, { retainMs } = {}) {
      const version = randomVersion()
      const isWritten = await connection.transact('readwrite', async (records) => {
        const now = Date.now()
        const stored = readRecord(await resultOf(records.byKey.get(key)), now, placeOf(key))
        if (stored?.version !== expected) return false
        await dropEnded(records, now)
        const record: StoredRecord = { version, value, ...(retainMs !== undefined && { endsAt: now + retainMs }) }
        await resultOf(records.byKey.put(record, key))
        return true
      })
      if (!isWritten) return { ok: false }
      announce(database, { key, version })
      return { ok: true, version }
    },
    waitForChange(key, version, options) {
      const hasChanged = async () => (await get(key)).version !== version
      return waitForChange(database, key, version, { ...options, hasChanged })
    },
    async *list() {
      yield* await connection.transact('readonly', async ({ byKey, byEnd }) => {
        const [keys, ended] = await Promise.all([resultOf(byKey.getAllKeys()), endedKeys(byEnd, Date.now())])
        return keys.filter((key) => typeof key === 'string').filter((key) => !ended.includes(key))
      })
    },
  }
}

/** The next write of any key removes expired tombstones. */
async function dropEnded({ byKey, byEnd }: Records, now: number): Promise<void> {
  for (const key of await endedKeys(byEnd, now)) byKey.delete(key)
}

function endedKeys(byEnd: IDBIndex, now: number): Promise<IDBValidKey[]> {
  return resultOf(byEnd.getAllKeys(IDBKeyRange.upperBound(now)))
}

/** 128 random bits in hex; `crypto.randomUUID` is missing on pages over plain http. */
function randomVersion(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

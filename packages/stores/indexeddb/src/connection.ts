import { failureOf, nameOf, storeUnavailable } from './failure.ts'
import { completionOf, resultOf } from './requests.ts'

const RECORDS = 'records'
const BY_END = 'by-end'
/** Increased when the layout changes. A database with a higher version is not changed. */
const LAYOUT_VERSION = 1
/** Opening waits for other tabs without an event. Below the 5 s that core allows for a store call. */
const OPEN_LIMIT_MS = 4_000

export interface Records {
  readonly byKey: IDBObjectStore
  /** Records that may be dropped, by the time from which they may. */
  readonly byEnd: IDBIndex
}

export interface Connection {
  /**
   * Runs `work` in one transaction; it may wait only for requests to the records. Transactions that write run one at a time
   * across all tabs and workers. Resolves when the writes are durable.
   * @throws CredentialError `store_unavailable`, `record_unreadable`
   */
  transact<Result>(mode: 'readonly' | 'readwrite', work: (records: Records) => Promise<Result>): Promise<Result>
}

/** Opens the database on first use, and again after the browser or another tab closed it. */
export function createConnection(database: string): Connection {
  let current: Promise<IDBDatabase> | undefined

  const forget = (opening: Promise<IDBDatabase>): void => {
    if (current === opening) current = undefined
  }
  const open = (): Promise<IDBDatabase> => {
    const opening = openDatabase(database)
    opening.catch(() => forget(opening))
    current = opening
    return opening
  }
  const begin = async (mode: IDBTransactionMode): Promise<IDBTransaction> => {
    const opening = current ?? open()
    const db = await within(OPEN_LIMIT_MS, opening)
    try {
      return db.transaction(RECORDS, mode, { durability: 'strict' })
    } catch (error) {
      forget(opening)
      db.close()
      throw error
    }
  }

  return {
    async transact(mode, work) {
      try {
        const transaction = await begin(mode).catch((error: unknown) => {
          if (isClosed(error)) return begin(mode)
          throw error
        })
        const byKey = transaction.objectStore(RECORDS)
        const [result] = await Promise.all([work({ byKey, byEnd: byKey.index(BY_END) }), completionOf(transaction)])
        return result
      } catch (error) {
        throw failureOf(database, error)
      }
    },
  }
}

async function openDatabase(database: string): Promise<IDBDatabase> {
  if (globalThis.indexedDB === undefined) throw storeUnavailable('there is no IndexedDB here: it is for browsers')
  const request = indexedDB.open(database, LAYOUT_VERSION)
  request.onupgradeneeded = () => request.result.createObjectStore(RECORDS).createIndex(BY_END, 'endsAt')
  const db = await resultOf(request)
  // Another tab that deletes or upgrades the database waits until this connection is closed.
  db.onversionchange = () => db.close()
  return db
}

/** A closed connection refuses a new transaction, so nothing has been written. */
function isClosed(error: unknown): boolean {
  return nameOf(error) === 'InvalidStateError'
}

async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DOMException('too late', 'TimeoutError')), ms)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

import { failureOf, nameOf, storeUnavailable } from './failure.ts'
import { completionOf, resultOf } from './requests.ts'

const RECORDS = 'records'
const BY_END = 'by-end'
/** Raised when the layout changes. A database of a higher version is left alone. */
const LAYOUT_VERSION = 1
/** Opening waits for other tabs without a word. Below what the lifecycle grants a store call (5 s). */
const OPEN_LIMIT_MS = 4_000

export interface Records {
  readonly byKey: IDBObjectStore
  /** Those that may be dropped, by the time when. */
  readonly byEnd: IDBIndex
}

export interface Connection {
  /**
   * Runs `work`, which may wait for requests to the records only, in one transaction; those that write come one after
   * the other, over all tabs and workers. Resolves when it is durable.
   * @throws CredentialError `store_unavailable`, `record_unreadable`
   */
  transact<Result>(mode: 'readonly' | 'readwrite', work: (records: Records) => Promise<Result>): Promise<Result>
}

/** Opened at the first use, and anew after the browser or another tab had it closed. */
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
  // Another tab that deletes or upgrades the database waits for this.
  db.onversionchange = () => db.close()
  return db
}

/** A connection that was closed refuses a transaction: nothing has happened yet. */
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

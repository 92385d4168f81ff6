import type { StoreRead, TokenStore } from '@valetkey/core'
import { invalidOption } from '@valetkey/core/kit'
import type { Query } from './connection.ts'
import { isConflict, NOT_POSTGRES, PACKAGE, storeError, unreadable } from './errors.ts'
import { type PostgresClient, type PostgresStoreOptions, postgresSettings } from './options.ts'
import { listStatement, PAGE_SIZE, readStatement, type Statement, unmarked, writeStatement } from './statements.ts'
import { keyOf, storedKey } from './stored-key.ts'

/**
 * Keeps each record in one row of the table that `postgresSchema()` describes; the connection stays the caller's. Every
 * operation is one statement. Safe for concurrent use by any number of processes, at every isolation level and behind
 * a transaction pooler.
 * @throws CredentialError `invalid_option`
 */
export function postgresStore(client: PostgresClient, options: PostgresStoreOptions = {}): TokenStore {
  const { query, table, watch } = postgresSettings(client, options)
  const rowsOf = (statement: Statement) => runReading(query, statement, table)

  const get: TokenStore['get'] = async (key) =>
    parseRead(await rowsOf(readStatement(table, storedKey(key))), table, key)

  return {
    specVersion: 'v1',
    get,
    async compareAndSet(key, expected, value, { retainMs, isExtension } = {}) {
      const version = crypto.randomUUID()
      const announced = { key, version, replaced: expected, isExtension }
      const notification = watch && { channel: watch.channel, payload: await watch.payloadOf(announced) }
      const write = { key: storedKey(key), expected, version, value, retainMs, notification }
      return (await runWrite(query, writeStatement(table, write), table)) ? { ok: true, version } : { ok: false }
    },
    ...(watch && {
      waitForChange: (key, version, waitOptions) =>
        watch.wait(key, version, async () => (await get(key)).version !== version, waitOptions),
    }),
    async *list() {
      let page: string[]
      let last: string | undefined
      do {
        page = (await rowsOf(listStatement(table, last))).map(([key]) => unmarked(String(key)))
        yield* page.map(keyOf)
        last = page.at(-1)
      } while (page.length === PAGE_SIZE)
    },
  }
}

const READ_ATTEMPTS = 5

/** At `serializable`, Postgres may cancel even a read because of writes; it is then repeated. */
async function runReading(query: Query, { text, values }: Statement, table: string): ReturnType<Query> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await query(text, values)
    } catch (error) {
      if (!isConflict(error) || attempt === READ_ATTEMPTS) throw storeError(error, table)
    }
  }
}

/** Whether the write won. A write that was rolled back because of another one has lost. */
async function runWrite(query: Query, { text, values }: Statement, table: string): Promise<boolean> {
  try {
    return (await query(text, values)).length > 0
  } catch (error) {
    if (isConflict(error)) return false
    throw storeError(error, table)
  }
}

function parseRead([row]: readonly (readonly unknown[])[], table: string, key: string): StoreRead {
  const [time, version, value] = row ?? []
  const now = Number(time)
  if (!Number.isFinite(now)) throw invalidOption(PACKAGE, 'client', NOT_POSTGRES)
  if (version === null && value === null) return { now }
  if (typeof version !== 'string' || typeof value !== 'string') throw unreadable(table, key)
  return { now, version, value: unmarked(value) }
}

import { hasMethods, invalidOption } from '@valetkey/core/kit'
import { NOT_POSTGRES, PACKAGE } from './errors.ts'

export type Value = string | number | null

/** Rows of a statement, with the columns in order. Rejects with the client's error. */
export type Query = (text: string, values: readonly Value[]) => Promise<readonly (readonly unknown[])[]>

/** `Pool` and `Client` of pg, and PGlite. */
export interface QueryClient {
  query(text: string, values: Value[]): Promise<{ readonly rows: readonly unknown[] }>
}

/** `sql` of postgres.js. */
export interface PostgresJsClient {
  unsafe(text: string, values: Value[]): PromiseLike<readonly unknown[]>
}

/** `undefined`: not a client of these libraries. */
export function queryOf(client: unknown): Query | undefined {
  if (isPostgresJs(client)) return async (text, values) => rowsOf(await client.unsafe(text, [...values]))
  if (!isQueryClient(client)) return undefined
  const query: Query = async (text, values) => rowsOf((await client.query(text, [...values])).rows)
  return isSession(client) ? oneByOne(query) : query
}

export function isPostgresJs(client: unknown): client is PostgresJsClient {
  return typeof client === 'function' && hasMethods(client, ['unsafe'])
}

/** Clients of other databases also have `query`, with other results. */
export function isQueryClient(client: unknown): client is QueryClient {
  return hasMethods(client, ['query'])
}

/** A `Client` of pg runs one query at a time; its `Pool`, which has the same methods, runs several. */
export function isSession(client: unknown): boolean {
  return hasMethods(client, ['query', 'connect', 'on']) && !('totalCount' in client)
}

function oneByOne(query: Query): Query {
  let last: Promise<unknown> = Promise.resolve()
  return (text, values) => {
    const answer = last.then(() => query(text, values))
    last = answer.catch(() => {})
    return answer
  }
}

/** Columns by position: postgres.js has an option that renames them. */
function rowsOf(rows: unknown): readonly (readonly unknown[])[] {
  if (Array.isArray(rows)) return rows.map(columnsOf)
  throw invalidOption(PACKAGE, 'client', NOT_POSTGRES)
}

function columnsOf(row: unknown): readonly unknown[] {
  return typeof row === 'object' && row !== null ? Object.values(row) : []
}

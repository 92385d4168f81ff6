import { invalidOption, knownOptions, type OptionNames } from '@valetkey/core/kit'
import { type PostgresJsClient, type Query, type QueryClient, queryOf } from './connection.ts'
import { PACKAGE } from './errors.ts'
import { listenOf, type PostgresListener } from './listener.ts'
import { DEFAULT_TABLE, LONGEST_NAME, quotedTable } from './schema.ts'
import { createWatch, type Watch } from './watch.ts'

/** `Pool` or `Client` of pg, `sql` of postgres.js, or PGlite. */
export type PostgresClient = QueryClient | PostgresJsClient

export interface PostgresStoreOptions {
  /** `table` or `schema.table`, as given to `postgresSchema()`; case counts. @default 'valetkey_tokens' */
  readonly table?: string | undefined
  /**
   * A connection with its own session (a `Client` of pg, `sql` of postgres.js, PGlite; not through a transaction pooler) on
   * which the store listens for changes, so that a process that waits for another's refresh learns of it immediately. Writes
   * then NOTIFY. @default none: the process reads again after 25 ms to 5 s
   */
  readonly listener?: PostgresListener | undefined
}

const OPTIONS: OptionNames<PostgresStoreOptions> = { table: true, listener: true }

/** Checked options with their defaults. */
export interface PostgresSettings {
  readonly query: Query
  /** Quoted. */
  readonly table: string
  readonly watch: Watch | undefined
}

/** @throws CredentialError `invalid_option` */
export function postgresSettings(client: PostgresClient, options: PostgresStoreOptions): PostgresSettings {
  const { table = DEFAULT_TABLE, listener } = knownOptions(PACKAGE, options, OPTIONS)
  const query = queryOf(client)
  if (query === undefined) {
    throw invalidOption(PACKAGE, 'client', 'must be a Pool or Client of pg, sql of postgres.js, or PGlite')
  }
  const quoted = quotedTable(table)
  return { query, table: quoted, watch: listener === undefined ? undefined : watchWith(listener, table) }
}

function watchWith(listener: unknown, table: string): Watch {
  const listen = listenOf(listener)
  if (listen === undefined) {
    const problem = 'must be a separate connection: a Client (not a Pool) of pg, sql of postgres.js, or PGlite'
    throw invalidOption(PACKAGE, 'listener', problem)
  }
  return createWatch(listen, channelOf(table))
}

/** In lower case and never a reserved word, so that the quoted and the unquoted name are the same. */
function channelOf(table: string): string {
  const suffix = '_changed'
  return (
    table
      .toLowerCase()
      .replaceAll(/[^a-z0-9_]/g, '_')
      .slice(0, LONGEST_NAME - suffix.length) + suffix
  )
}

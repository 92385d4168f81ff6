import type { Value } from './connection.ts'

/** A statement and the values of its placeholders. */
export interface Statement {
  readonly text: string
  readonly values: readonly Value[]
}

/**
 * One row: the time in ms, the version and the value. The time is the start of the transaction, which is this statement:
 * clock_timestamp() would be evaluated after the snapshot, so that a read could appear newer than it is.
 */
export function readStatement(table: string, key: string): Statement {
  return {
    text: `select floor(extract(epoch from transaction_timestamp()) * 1000)::bigint::text as now, stored.version, ${marked('stored.value')}
from (select 1) as always
left join ${table} as stored on stored.key = $1 and (stored.expires_at is null or stored.expires_at > transaction_timestamp())`,
    values: [key],
  }
}

/** PGlite removes a byte order mark at the start of a string: a `=` before it prevents that. */
function marked(column: string): string {
  return `'=' || ${column}`
}

/** The string without the mark of `marked`. */
export function unmarked(text: string): string {
  return text.slice(1)
}

export interface Write {
  readonly key: string
  /** `undefined`: the key must be absent. */
  readonly expected: string | undefined
  readonly version: string
  readonly value: string
  /** The record may be dropped after this many ms. */
  readonly retainMs: number | undefined
  /** The payload of NOTIFY when it is written. */
  readonly notification?: { readonly channel: string; readonly payload: string } | undefined
}

/** One row if the write won, none if it lost. A write with a time limit also deletes some expired records. */
export function writeStatement(table: string, write: Write): Statement {
  const values: Value[] = []
  const value = (of: Value): string => `$${values.push(of)}`
  const key = value(write.key)
  const columns = {
    version: value(write.version),
    value: value(write.value),
    expires: `clock_timestamp() + ${value(write.retainMs ?? null)}::float8 * interval '1 millisecond'`,
  }
  const written =
    write.expected === undefined ? create(table, key, columns) : replace(table, key, columns, value(write.expected))
  const swept = write.retainMs === undefined ? '' : `, swept as (${sweep(table, key)})`
  const outcome = write.notification
    ? `pg_notify(${value(write.notification.channel)}, ${value(write.notification.payload)})`
    : '1'
  return { text: `with written as (${written})${swept}\nselect ${outcome} from written`, values }
}

export const PAGE_SIZE = 1_000

/** The keys after `after`, in order. */
export function listStatement(table: string, after: string | undefined): Statement {
  return {
    text: `select ${marked('key')} from ${table}
where ($1::text is null or key > $1) and (expires_at is null or expires_at > transaction_timestamp())
order by key limit ${PAGE_SIZE}`,
    values: [after ?? null],
  }
}

interface Columns {
  readonly version: string
  readonly value: string
  readonly expires: string
}

/** An expired record counts as absent. */
function create(table: string, key: string, { version, value, expires }: Columns): string {
  return `insert into ${table} as stored (key, version, value, expires_at) values (${key}, ${version}, ${value}, ${expires})
on conflict (key) do update
set version = excluded.version, value = excluded.value, expires_at = excluded.expires_at, updated_at = excluded.updated_at
where stored.expires_at <= clock_timestamp()
returning 1`
}

function replace(table: string, key: string, { version, value, expires }: Columns, expected: string): string {
  return `update ${table} set version = ${version}, value = ${value}, expires_at = ${expires}, updated_at = clock_timestamp()
where key = ${key} and version = ${expected} and (expires_at is null or expires_at > clock_timestamp())
returning 1`
}

/** Skips rows that another statement has locked, and the written row, which one statement can change only once. */
function sweep(table: string, key: string): string {
  return `delete from ${table} where key in (
select key from ${table} where expires_at <= clock_timestamp() and key <> ${key} limit 100 for update skip locked)`
}

import { invalidOption } from '@valetkey/core/kit'
import { PACKAGE } from './errors.ts'

export const DEFAULT_TABLE = 'valetkey_tokens'

/** Postgres cuts longer names off without an error. */
export const LONGEST_NAME = 63
const INDEX_SUFFIX = '_expires_at'
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_$]{0,62}$/

/**
 * The SQL that creates the table of `postgresStore(client, { table })` and its index, and does nothing if they exist. The
 * store never runs it: run it with your migrations.
 * @throws CredentialError `invalid_option`
 */
export function postgresSchema(table: string = DEFAULT_TABLE): string {
  const quoted = quotedTable(table)
  const index = (table.split('.').at(-1) ?? '').slice(0, LONGEST_NAME - INDEX_SUFFIX.length) + INDEX_SUFFIX
  return `create table if not exists ${quoted} (
  key text collate "C" primary key,
  version text not null,
  value text not null,
  expires_at timestamptz,
  updated_at timestamptz not null default clock_timestamp()
);
create index if not exists "${index}" on ${quoted} (expires_at) where expires_at is not null;
`
}

/** `app.tokens` as `"app"."tokens"`. @throws CredentialError `invalid_option` */
export function quotedTable(table: unknown): string {
  const parts = typeof table === 'string' ? table.split('.') : []
  if (parts.length === 0 || parts.length > 2 || !parts.every((part) => IDENTIFIER.test(part))) {
    throw invalidOption(PACKAGE, 'table', 'must be "table" or "schema.table", of letters, digits, "_" and "$"')
  }
  return parts.map((part) => `"${part}"`).join('.')
}

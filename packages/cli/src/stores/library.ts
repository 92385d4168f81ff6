import { join } from 'node:path'
import { CliError, EXIT, usageError } from '../cli-error.ts'
import { readManifest } from '../vendors/find-packages.ts'
import { importPackage } from '../vendors/load-factory.ts'

/** What every kind of shared store is opened with. */
export interface StoreAddress {
  readonly url: URL
  /** Without user name, password and query: it may be shown. */
  readonly label: string
  /** The package of its client; `undefined` if it needs no package. */
  readonly library: string | undefined
  /** The part after `#`: `prefix` (Redis), `table` (Postgres). It never reaches the server. */
  readonly settings: URLSearchParams
}

/** A store's client library of one of `roots`. @throws CliError `usage` when it is not installed */
export async function loadLibrary(name: string, roots: readonly string[]): Promise<unknown> {
  const folder = roots.map((root) => join(root, name)).find((candidate) => readManifest(candidate) !== undefined)
  if (folder === undefined)
    throw usageError(`the package "${name}" is needed for this store: npm install --global ${name}`)
  return await importPackage(name, folder)
}

/** A connection that failed. The library's message may contain the address with its password, so only its code is shown. */
export function connectionError({ label }: StoreAddress, error: unknown): CliError {
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
  return new CliError('store_unavailable', EXIT.store, `the store at ${label} cannot be reached${code}`)
}

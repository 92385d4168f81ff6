import type { StoreKind } from '../options.ts'
import { findProgram } from './find-program.ts'
import { findPostgres } from './postgres-server.ts'

/** How to install the server of a store, where it is missing. */
export function missingProgram(store: StoreKind): string | undefined {
  switch (store) {
    case 'file':
      return undefined
    case 'redis':
      return findProgram('redis-server')
        ? undefined
        : 'redis-server is missing; install it with: sudo apt-get install -y redis-server'
    case 'postgres':
      return findPostgres('initdb')
        ? undefined
        : 'initdb is missing; install it with: sudo apt-get install -y postgresql'
  }
}

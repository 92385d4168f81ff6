import type { PGlite } from '@electric-sql/pglite'
import type { TokenStore } from '@valetkey/core'
import {
  type PostgresClient,
  type PostgresListener,
  type PostgresStoreOptions,
  postgresSchema,
  postgresStore,
} from '@valetkey/store-postgres'
import type { Client, Pool, PoolClient } from 'pg'
import type { Sql } from 'postgres'
import { expectTypeOf, test } from 'vitest'

test('the clients of pg, postgres.js and PGlite are taken', () => {
  expectTypeOf<Pool>().toExtend<PostgresClient>()
  expectTypeOf<Client>().toExtend<PostgresClient>()
  expectTypeOf<PoolClient>().toExtend<PostgresClient>()
  expectTypeOf<Sql>().toExtend<PostgresClient>()
  expectTypeOf<PGlite>().toExtend<PostgresClient>()
})

test('a session can listen', () => {
  expectTypeOf<Client>().toExtend<PostgresListener>()
  expectTypeOf<Sql>().toExtend<PostgresListener>()
  expectTypeOf<PGlite>().toExtend<PostgresListener>()
})

test('other objects are not taken', () => {
  expectTypeOf<string>().not.toExtend<PostgresClient>()
  expectTypeOf<{ eval(script: string): Promise<unknown> }>().not.toExtend<PostgresClient>()
  expectTypeOf<{ query(text: string): Promise<unknown[]> }>().not.toExtend<PostgresClient>()
})

test('every option may be left out or undefined, the result is a store, and the schema a text', () => {
  expectTypeOf({ table: undefined, listener: undefined }).toExtend<PostgresStoreOptions>()
  expectTypeOf(postgresStore).toBeCallableWith({} as PostgresClient)
  expectTypeOf(postgresStore).returns.toEqualTypeOf<TokenStore>()
  expectTypeOf(postgresSchema).returns.toBeString()
})

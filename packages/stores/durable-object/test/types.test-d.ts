import type { DurableObjectNamespace, DurableObjectState } from '@cloudflare/workers-types'
import type { TokenStore } from '@valetkey/core'
import {
  type DurableObjectStoreOptions,
  type DurableObjects,
  durableObjectStore,
  type SqlStorageState,
  type TokenRecords,
} from '@valetkey/store-durable-object'
import { expectTypeOf, test } from 'vitest'

test('the types of Cloudflare are taken, and the class is one of a Durable Object', () => {
  expectTypeOf<DurableObjectNamespace>().toExtend<DurableObjects>()
  expectTypeOf<DurableObjectNamespace<TokenRecords>>().toExtend<DurableObjects>()
  expectTypeOf<DurableObjectState>().toExtend<SqlStorageState>()
})

test('the option may be left out or undefined, and the result is a store that wakes and lists', () => {
  expectTypeOf({ name: undefined }).toExtend<DurableObjectStoreOptions>()
  expectTypeOf(durableObjectStore).toBeCallableWith({} as DurableObjects)
  expectTypeOf(durableObjectStore).returns.toEqualTypeOf<Required<TokenStore>>()
})

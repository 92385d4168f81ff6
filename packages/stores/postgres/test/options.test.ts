import { type PostgresClient, postgresSchema, postgresStore } from '@valetkey/store-postgres'
import { Client, Pool } from 'pg'
import postgres from 'postgres'
import { describe, expect, test } from 'vitest'

const failure = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return error
  }
}

const refused = (client: unknown, options?: unknown): unknown =>
  failure(() => Reflect.apply(postgresStore, undefined, [client, options]))

describe('options', () => {
  const pool = new Pool()

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a URL', 'postgres://localhost'],
    ['the options of a client', { host: 'localhost', database: 'app' }],
    ['a function that is not of postgres.js', () => {}],
    ['a client for Redis', { eval: () => {}, evalsha: () => {}, connect: () => {}, on: () => {} }],
  ])('%s in place of a client is refused, with what is expected', (_, wrong) => {
    expect(refused(wrong)).toMatchObject({
      code: 'invalid_option',
      option: 'client',
      message: '[@valetkey/store-postgres] "client" must be a Pool or Client of pg, sql of postgres.js, or PGlite',
    })
  })

  test.each([
    '',
    7,
    'a.b.c',
    'a b',
    'tokens"; drop table users; --',
    'tokens;',
    '1st',
    'ä',
    '.tokens',
    'app.',
    'x'.repeat(64),
  ])('the table name %j is refused, by the schema too', (table) => {
    const error = { code: 'invalid_option', option: 'table' }
    expect(refused(pool, { table })).toMatchObject(error)
    expect(failure(() => Reflect.apply(postgresSchema, undefined, [table]))).toMatchObject(error)
  })

  test.each([
    ['a Pool, whose sessions change', pool],
    ['a URL', 'postgres://localhost'],
    ['a server that listens for connections', { listen: () => {} }],
  ])('%s is refused as listener', (_, listener) => {
    expect(refused(pool, { listener })).toMatchObject({
      code: 'invalid_option',
      option: 'listener',
      message: expect.stringContaining('a Client (not a Pool) of pg, sql of postgres.js, or PGlite'),
    })
  })

  test('clients that are not connected yet are taken, and nothing is sent', () => {
    const sql = postgres({ max: 1 })
    expect(postgresStore(sql, { listener: sql }).specVersion).toBe('v1')
    expect(postgresStore(pool, { listener: new Client() }).specVersion).toBe('v1')
    expect(pool.totalCount).toBe(0)
  })

  test('without a listener the store does not wait for changes: it is polled', () => {
    expect(postgresStore(pool).waitForChange).toBeUndefined()
    expect(postgresStore(pool, { listener: new Client() }).waitForChange).toBeTypeOf('function')
  })

  test.each([
    ['of another database', [[], []]],
    ['that answers with nothing', { rows: [] }],
    ['that answers with something else', { rows: [{ now: 'today' }] }],
  ])('a client %s shows at the first answer', async (_, answer) => {
    const client: object = { query: async () => answer }
    const store = postgresStore(client as PostgresClient)
    await expect(store.get('key')).rejects.toMatchObject({ code: 'invalid_option', option: 'client' })
  })

  test('a row without a value, in a table of another making, is record_unreadable', async () => {
    const rows = [{ now: '1800000000000', version: 'version', value: null }]
    const store = postgresStore({ query: async () => ({ rows }) })
    const message = expect.stringContaining('the row of "valetkey_tokens" with the key key lacks its version')
    await expect(store.get('key')).rejects.toMatchObject({ code: 'record_unreadable', message })
  })

  test.each(['40001', '40P01'])(
    'a write that gave way to another (%s) has lost; a read is done again',
    async (code) => {
      let reads = 0
      const store = postgresStore({
        async query(text) {
          if (text.startsWith('with')) throw Object.assign(new Error('gave way'), { code })
          reads += 1
          if (reads === 1) throw Object.assign(new Error('gave way'), { code })
          return { rows: [{ now: '1800000000000', version: null, value: null }] }
        },
      })
      expect(await store.compareAndSet('key', undefined, 'value')).toEqual({ ok: false })
      expect(await store.get('key')).toEqual({ now: 1_800_000_000_000 })
      expect(reads).toBe(2)
    },
  )
})

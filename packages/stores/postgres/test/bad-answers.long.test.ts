import { inspect } from 'node:util'
import { createTokenCredential } from '@valetkey/core'
import { type PostgresClient, postgresSchema, postgresStore } from '@valetkey/store-postgres'
import { findLeaks } from '@valetkey/testing'
import { type FlakyProxy, startProxy } from '@valetkey-app/test-support/flaky-proxy'
import { until } from '@valetkey-app/test-support/until'
import { Pool } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type OpenClient, pgClient, pgPool, postgresJs } from './support/clients.ts'
import { DATABASE, describeWithPostgres, type PostgresServer, startPostgres } from './support/postgres-server.ts'

const CANARY = 'canary-refresh-token'

describeWithPostgres('a server that does not do what is asked', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
    await server.run(postgresSchema())
  })
  afterAll(() => server.stop())
  beforeEach(() => server.run('delete from valetkey_tokens'))

  const isBlocked = async (): Promise<boolean> => {
    const sessions = await server.run(`select 1 from pg_stat_activity where wait_event_type = 'Lock'`)
    return sessions.length > 0
  }

  describe.each([pgPool, postgresJs])('over $name', (library) => {
    let connection: OpenClient
    let client: PostgresClient
    beforeAll(async () => {
      connection = await library.open(server.port)
      client = connection.client
    })
    afterAll(() => connection.close())

    test('a table that does not exist is named, with what to do, by everything the store does', async () => {
      const store = postgresStore(client, { table: 'nowhere.tokens' })
      const missing = {
        code: 'invalid_option',
        option: 'table',
        message:
          '[@valetkey/store-postgres] "table" names no table ("nowhere"."tokens"): run the SQL that postgresSchema() gives',
      }
      await expect(store.get('key')).rejects.toMatchObject(missing)
      await expect(store.compareAndSet('key', undefined, CANARY)).rejects.toMatchObject(missing)
      await expect(Array.fromAsync(store.list?.() ?? [])).rejects.toMatchObject(missing)
    })

    test.each([
      ['only reads (25006)', 'alter role postgres set default_transaction_read_only = on', '25006'],
      ['refuses the row and quotes it (23514)', `alter table valetkey_tokens add check (value !~ 'canary')`, '23514'],
    ])('a server that %s: a write rejects, and nothing stored is lost', async (_, spoil, code) => {
      const created = await postgresStore(client).compareAndSet('key', undefined, 'kept')
      const version = created.ok ? created.version : ''
      await server.run(spoil)
      const own = await library.open(server.port)
      const error = await postgresStore(own.client)
        .compareAndSet('key', version, CANARY)
        .catch((reason: unknown) => reason)
      await own.close()
      await server.run(mend)
      expect(error).toMatchObject({
        code: 'store_unavailable',
        isRetryable: true,
        message: `[@valetkey/store-postgres] Postgres answered ${code}`,
      })
      expect(findLeaks(error, [CANARY], (value) => inspect(value, { depth: 9, showHidden: true }))).toEqual([])
      expect(await postgresStore(client).get('key')).toMatchObject({ version, value: 'kept' })
    })

    test.each([
      [
        'has a table of another shape (42703)',
        'alter table valetkey_tokens rename expires_at to until',
        'names a table of another shape ("valetkey_tokens"): run the SQL that postgresSchema() gives',
      ],
      [
        'denies the table (42501)',
        "create role stranger; alter role postgres set role = 'stranger'",
        'may not be used by this user ("valetkey_tokens"): grant select, insert, update and delete on it',
      ],
    ])('a server that %s is a mistake that says what helps', async (_, spoil, words) => {
      await server.run(spoil)
      const own = await library.open(server.port)
      const store = postgresStore(own.client)
      const calls = [store.get('key'), store.compareAndSet('key', undefined, CANARY)]
      const errors = await Promise.all(calls.map((call) => call.catch((reason: unknown) => reason)))
      await own.close()
      await server.run(`${mend} alter role postgres reset role; drop role if exists stranger;`)
      const message = `[@valetkey/store-postgres] "table" ${words}`
      expect(errors).toMatchObject([1, 2].map(() => ({ code: 'invalid_option', option: 'table', message })))
    })

    test('a session that is ended in the middle of a write: it rejects, and the store goes on', async () => {
      const store = postgresStore(client)
      const created = await store.compareAndSet('key', undefined, 'kept')
      await server.run('begin; select from valetkey_tokens for update')
      const writing = store
        .compareAndSet('key', created.ok ? created.version : '', 'in flight')
        .catch((error: unknown) => error)
      await until('the write waits for the row', isBlocked)
      await server.run(
        `select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'; rollback`,
      )
      expect(await writing).toMatchObject({ code: 'store_unavailable', isRetryable: true })
      const { version, value } = await store.get('key')
      expect(value).toBe('kept')
      expect((await store.compareAndSet('key', version, 'next')).ok).toBe(true)
    })

    test('a server that crashes has what it confirmed when it is back', async () => {
      const store = postgresStore(client)
      const created = await store.compareAndSet('key', undefined, 'confirmed')
      await server.crash()
      await until('the store answers again', () =>
        store.get('key').then(
          () => true,
          () => false,
        ),
      )
      expect(await store.get('key')).toMatchObject({ version: created.ok && created.version, value: 'confirmed' })
    })
  })

  test.each([
    ['a wrong password', { user: 'guarded', password: 'wrong' }, 'is refused by Postgres (28P01)'],
    ['no password', { user: 'guarded' }, 'has no password, and Postgres asks for one'],
    ['a database that does not exist', { database: 'nowhere' }, 'names no database (3D000)'],
  ])('%s ends the first call of client credentials', async (_, options, words) => {
    await server.askForPassword('guarded', 'right')
    const pool = new Pool({ ...DATABASE, port: server.port, ...options })
    pool.on('error', () => {})
    const credential = createTokenCredential(
      {
        vendor: 'acme',
        origins: ['https://api.acme.example'],
        identity: ['test'],
        grant: { acquire: async () => ({ accessToken: 'not stored' }) },
      },
      { store: postgresStore(pool) },
    )
    const message = expect.stringContaining(`[@valetkey/store-postgres] "client" ${words}`)
    await expect(credential.getToken()).rejects.toMatchObject({ code: 'store_unavailable', message })
    await pool.end()
  })

  test('an answer that is lost with the connection: the write rejects, though it was applied', async () => {
    const proxy: FlakyProxy = await startProxy(server.port)
    const { client, close } = await pgPool.open(proxy.port)
    const store = postgresStore(client)
    await store.get('key')
    const lost = proxy.loseAnswer()
    const writing = store.compareAndSet('key', undefined, 'applied').catch((error: unknown) => error)
    await lost
    expect(await writing).toMatchObject({ code: 'store_unavailable', isRetryable: true })
    const { version, value } = await store.get('key')
    expect(value).toBe('applied')
    expect((await store.compareAndSet('key', version, 'next')).ok).toBe(true)
    await close()
    await proxy.close()
  })

  test.each(['repeatable read', 'serializable'] as const)(
    'at %s, a write that comes upon a newer one has lost',
    async (isolation) => {
      const { client, close } = await pgClient.open(server.port, isolation)
      const store = postgresStore(client)
      const created = await store.compareAndSet('key', undefined, 'first')
      await server.run(`begin; update valetkey_tokens set version = 'newer', value = 'newer'`)
      const writing = store.compareAndSet('key', created.ok ? created.version : '', 'late')
      await until('the write waits for the row', isBlocked)
      await server.run('commit')
      expect(await writing).toEqual({ ok: false })
      expect(await store.get('key')).toMatchObject({ version: 'newer', value: 'newer' })
      await close()
    },
  )

  test('the time of a read that had to wait is not later than what it reads', async () => {
    const { client, close } = await pgPool.open(server.port)
    const store = postgresStore(client)
    await store.compareAndSet('key', undefined, 'before')
    await server.run('begin; lock table valetkey_tokens in access exclusive mode')
    const reading = store.get('key')
    await until('the read waits for the table', isBlocked)
    await server.run('update valetkey_tokens set value = floor(extract(epoch from clock_timestamp()) * 1000); commit')
    const { now, value } = await reading
    expect(now).toBeLessThanOrEqual(Number(value))
    await close()
  })
})

const mend = `
alter role postgres reset default_transaction_read_only;
alter table valetkey_tokens drop constraint if exists valetkey_tokens_value_check;
do $$ begin alter table valetkey_tokens rename until to expires_at; exception when undefined_column then end $$;
`

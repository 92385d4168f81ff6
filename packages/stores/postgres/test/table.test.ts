import { postgresSchema, postgresStore } from '@valetkey/store-postgres'
import { until } from '@valetkey-app/test-support/until'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type OpenClient, openListener, pgClient, pgPool, postgresJs } from './support/clients.ts'
import { describeWithPostgres, type PostgresServer, startPostgres } from './support/postgres-server.ts'

describeWithPostgres('the table of a store', () => {
  let server: PostgresServer
  let pool: OpenClient
  beforeAll(async () => {
    server = await startPostgres()
    await server.run('create schema app')
    pool = await pgPool.open(server.port)
  })
  afterAll(async () => {
    await pool.close()
    await server.stop()
  })

  const opened: Array<{ close(): Promise<void> }> = []
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ close }) => close()))
  })

  test('may be in another schema, have capitals or be a reserved word; creating it twice does no harm', async () => {
    const tables = ['tokens', 'app.tokens', 'Tokens', 'app."Tokens"'.replaceAll('"', ''), 'select']
    for (const [index, table] of tables.entries()) {
      await server.run(postgresSchema(table))
      await server.run(postgresSchema(table))
      const { listener, close } = await openListener(pgClient, server.port)
      opened.push({ close })
      const store = postgresStore(pool.client, { table, listener })
      const waiting = store.waitForChange?.('key', undefined, { timeoutMs: 600_000 })
      expect(await store.compareAndSet('key', undefined, `of table ${index}`)).toMatchObject({ ok: true })
      await waiting
    }
    const values = await Promise.all(
      tables.map(async (table) => (await postgresStore(pool.client, { table }).get('key')).value),
    )
    expect(values).toEqual(tables.map((_, index) => `of table ${index}`))
  })

  test('list() pages through thousands of records, and leaves out tombstones whose time is over', async () => {
    await server.run(postgresSchema('many'))
    await server.run(
      `insert into many (key, version, value, expires_at)
       select 'key ' || n, n, '', case when n % 2 = 0 then now() - interval '1 hour' end from generate_series(1, 5000) n`,
    )
    const listed = await Array.fromAsync(postgresStore(pool.client, { table: 'many' }).list?.() ?? [])
    const alive = Array.from({ length: 2_500 }, (_, index) => `key ${2 * index + 1}`)
    expect(listed.toSorted()).toEqual(alive.toSorted())
  })

  test('loses tombstones whose time is over with the next sign-out, and never a record', async () => {
    await server.run(postgresSchema('swept'))
    const store = postgresStore(pool.client, { table: 'swept' })
    await store.compareAndSet('alive', undefined, 'value')
    await store.compareAndSet('kept', undefined, 'removed', { retainMs: 86_400_000 })
    await store.compareAndSet('over', undefined, 'removed', { retainMs: 1 })
    await until('its time is over', async () => (await store.get('over')).version === undefined)
    await store.compareAndSet('next', undefined, 'removed', { retainMs: 1 })
    await until('its time is over', async () => (await store.get('next')).version === undefined)
    expect((await store.compareAndSet('next', undefined, 'removed again', { retainMs: 86_400_000 })).ok).toBe(true)
    const rows = await server.run('select key, value from swept order by key')
    expect(rows).toEqual([
      { key: 'alive', value: 'value' },
      { key: 'kept', value: 'removed' },
      { key: 'next', value: 'removed again' },
    ])
  })

  test('keys do not show in what is announced', async () => {
    await server.run(postgresSchema('announced'))
    const { client, close } = await pgClient.open(server.port)
    opened.push({ close })
    const { listener, close: closeListener } = await openListener(postgresJs, server.port)
    opened.push({ close: closeListener })
    const payloads: string[] = []
    if (!('listen' in listener)) throw new Error('postgres.js can listen')
    await listener.listen('announced_changed', (payload) => payloads.push(payload))
    const store = postgresStore(client, { table: 'announced', listener })
    const created = await store.compareAndSet('robin@example.com', undefined, 'value')
    await store.compareAndSet('robin@example.com', created.ok ? created.version : '', 'another')
    await until('it is announced', async () => payloads.length === 2)
    expect(payloads[0]).toMatch(/^[0-9a-f]{64} [0-9a-f-]{36} $/)
    expect(payloads[0]).toContain(` ${created.ok && created.version} `)
    expect(payloads[1]).toMatch(/^[0-9a-f]{64} [0-9a-f-]{36} [0-9a-f-]{36}$/)
    expect(payloads[1]).toContain(created.ok && created.version)
  })

  test('a change in another table wakes nobody, a change in the own one does', async () => {
    await server.run(`${postgresSchema('own')} ${postgresSchema('other')}`)
    const { listener, close } = await openListener(pgClient, server.port)
    opened.push({ close })
    const [own, other] = ['own', 'other'].map((table) => postgresStore(pool.client, { table, listener }))
    const heard: string[] = []
    if (!('on' in listener)) throw new Error('pg can listen')
    await listener.query('listen other_changed')
    listener.on('notification', ({ channel }) => heard.push(channel))
    let isOver = false
    const waiting = own!.waitForChange?.('key', undefined, { timeoutMs: 600_000 }).then(() => {
      isOver = true
    })
    await until('the store listens', async () => {
      const sessions = await server.run(`select 1 from pg_stat_activity where query = 'listen "own_changed"'`)
      return sessions.length > 0
    })
    await other!.compareAndSet('key', undefined, 'value')
    await until('the change was heard of', async () => heard.length > 0)
    await own!.get('key')
    expect(isOver).toBe(false)
    await own!.compareAndSet('key', undefined, 'value')
    await waiting
    expect(heard).toEqual(['other_changed', 'own_changed'])
  })

  test('an announcement that comes late, of a write before, ends no wait', async () => {
    await server.run(postgresSchema('late'))
    const { listener, close } = await openListener(pgClient, server.port)
    opened.push({ close })
    const { client, close: closeClient } = await pgClient.open(server.port)
    opened.push({ close: closeClient })
    const store = postgresStore(client, { table: 'late', listener })
    const first = await store.compareAndSet('key', undefined, 'first')
    const version = first.ok ? first.version : ''
    const heard: string[] = []
    if (!('on' in listener)) throw new Error('pg can listen')
    let isOver = false
    const waiting = store.waitForChange?.('key', version, { timeoutMs: 600_000 }).then(() => {
      isOver = true
    })
    await until('the store listens', async () => {
      const sessions = await server.run(`select 1 from pg_stat_activity where query = 'listen "late_changed"'`)
      return sessions.length > 0
    })
    listener.on('notification', ({ payload = '' }) => heard.push(payload))
    await server.run(`select pg_notify('late_changed', encode(sha256('key'), 'hex') || ' ')`)
    await until('the announcement was heard', async () => heard.length > 0)
    await store.get('key')
    expect(isOver).toBe(false)
    await store.compareAndSet('key', version, 'second')
    await waiting
  })

  test('a wait ends when it is aborted while it listens', async () => {
    await server.run(postgresSchema('aborted'))
    const { listener, close } = await openListener(pgClient, server.port)
    opened.push({ close })
    const store = postgresStore(pool.client, { table: 'aborted', listener })
    const abort = new AbortController()
    const waiting = store.waitForChange?.('key', undefined, { timeoutMs: 600_000, signal: abort.signal })
    await until('the store listens', async () => {
      const sessions = await server.run(`select 1 from pg_stat_activity where query = 'listen "aborted_changed"'`)
      return sessions.length > 0
    })
    abort.abort()
    await expect(waiting).resolves.toBeUndefined()
  })

  test('a wait ends when its listener is lost, and rejects from then on: the store is polled', async () => {
    await server.run(postgresSchema('unheard'))
    const { listener, close } = await openListener(pgClient, server.port)
    const store = postgresStore(pool.client, { table: 'unheard', listener })
    const waiting = store.waitForChange?.('key', undefined, { timeoutMs: 600_000 })
    await until('the store listens', async () => {
      const sessions = await server.run(`select 1 from pg_stat_activity where query = 'listen "unheard_changed"'`)
      return sessions.length > 0
    })
    await store.get('key')
    await close()
    await waiting
    await expect(store.waitForChange?.('key', undefined, { timeoutMs: 600_000 })).rejects.toMatchObject({
      code: 'store_unavailable',
    })
    expect((await store.compareAndSet('key', undefined, 'value')).ok).toBe(true)
  })

  test.each([pgClient, postgresJs])(
    'a wait is told of an extended lease, goes on without a statement, and ends with the change after it ($name)',
    async (library) => {
      await server.run(postgresSchema('leases'))
      const { listener, close } = await openListener(library, server.port)
      opened.push({ close })
      let statements = 0
      const counting = {
        async query(text: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }> {
          statements += 1
          return await Reflect.apply(Reflect.get(pool.client, 'query'), pool.client, [text, values])
        },
      }
      const store = postgresStore(counting, { table: 'leases', listener })
      const write = async (expected: string | undefined, isExtension?: boolean) => {
        const written = await store.compareAndSet(library.name, expected, 'value', { isExtension })
        return written.ok ? written.version : expect.fail('the write must win')
      }
      const leased = await write(undefined)
      const wait = () => store.waitForChange?.(library.name, leased, { timeoutMs: 600_000 })
      let waiting = wait()
      await until('the store has looked', async () => statements === 2)
      let version = leased
      for (let extension = 0; extension < 3; extension += 1) {
        version = await write(version, true)
        expect(await waiting).toBe('extended')
        waiting = wait()
      }
      await write(version)
      expect(await waiting).toBeUndefined()
      expect(statements).toBe(2 + 3 + 1)
    },
  )

  test('without a listener nothing is announced', async () => {
    await server.run(postgresSchema('quiet'))
    const { listener, close } = await openListener(pgClient, server.port)
    opened.push({ close })
    const heard: string[] = []
    if (!('on' in listener)) throw new Error('pg can listen')
    listener.on('notification', ({ channel }) => heard.push(channel))
    await listener.query('listen quiet_changed')
    await postgresStore(pool.client, { table: 'quiet' }).compareAndSet('key', undefined, 'value')
    await server.run('notify quiet_changed')
    await until('the last notification is there', async () => heard.length > 0)
    expect(heard).toHaveLength(1)
  })
})

// What one refresh costs Redis and Postgres. Linux only: the time of a Postgres session is read from /proc. See ../README.md.
import { readFileSync } from 'node:fs'
import { memoryStore, type TokenStore } from '@valetkey/core'
import { postgresStore } from '@valetkey/store-postgres'
import { redisStore } from '@valetkey/store-redis'
import { Client } from 'pg'
import { connectRedis, DATABASE_URL, prepareStore } from '../processes/stores.ts'
import { printSection, sectionOptions } from '../runner/section.ts'
import { sharedCredential } from '../subjects/valetkey.ts'
import { type StoreCostRow, storeCost } from './section.ts'

const SHORT_REFRESHES = 3000
const FULL_REFRESHES = 30_000
const WARM_UP = 300

/** Of Linux, in /proc: USER_HZ. */
const TICKS_PER_SECOND = 100
const US_PER_SECOND = 1_000_000
const HOUR_MS = 3_600_000

/** A key and a value as a program writes them. */
async function recordOf(): Promise<{ readonly key: string; readonly value: string }> {
  const store = memoryStore()
  const credential = sharedCredential('http://127.0.0.1:1', 'refresh token', store)
  const expiresAt = Date.now() + HOUR_MS
  await credential.importTokens({ accessToken: 'a'.repeat(780), refreshToken: 'r'.repeat(64), expiresAt })
  for await (const key of store.list?.() ?? []) {
    const { value } = await store.get(key)
    if (value !== undefined) return { key, value }
  }
  throw new Error('nothing was stored')
}

const record = await recordOf()

/** Of so many accounts, one after the other. */
async function refreshMany(store: TokenStore, first: number, count: number): Promise<void> {
  for (let account = first; account < first + count; account += 1) {
    const key = `${record.key}-${account}`
    const { version } = await store.get(key)
    const leased = await store.compareAndSet(key, version, record.value)
    if (!leased.ok || !(await store.compareAndSet(key, leased.version, record.value)).ok)
      throw new Error('another process writes to the same store')
  }
}

async function measureRedis(refreshes: number): Promise<StoreCostRow> {
  const { address, remove } = await prepareStore('Redis')
  const client = await connectRedis()
  const store = redisStore(client, { prefix: address.place })
  const used = async () => {
    const info = await client.info()
    const of = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1])
    return { seconds: of('used_cpu_user') + of('used_cpu_sys'), bytes: of('used_memory') }
  }
  await refreshMany(store, 0, WARM_UP)
  const before = await used()
  await refreshMany(store, WARM_UP, refreshes)
  const after = await used()
  client.destroy()
  await remove()
  const cpuUs = ((after.seconds - before.seconds) * US_PER_SECOND) / refreshes
  return { store: 'Redis', refreshes, cpuUs, bytesPerRecord: (after.bytes - before.bytes) / refreshes }
}

async function measurePostgres(refreshes: number): Promise<StoreCostRow> {
  const { address, remove } = await prepareStore('Postgres')
  const client = new Client(DATABASE_URL)
  await client.connect()
  const ask = async (text: string): Promise<string> =>
    String(Object.values((await client.query(text)).rows[0] ?? {})[0])
  const session = await ask('select pg_backend_pid()')
  const ticks = (): number => {
    const [, fields = ''] = readFileSync(`/proc/${session}/stat`, 'utf8').split(') ')
    const [user, system] = fields.split(' ').slice(11, 13)
    return Number(user) + Number(system)
  }
  const store = postgresStore(client, { table: address.place })
  await refreshMany(store, 0, WARM_UP)
  const before = { ticks: ticks(), log: await ask('select pg_current_wal_lsn()') }
  await refreshMany(store, WARM_UP, refreshes)
  const seconds = (ticks() - before.ticks) / TICKS_PER_SECOND
  const logBytes = Number(await ask(`select pg_wal_lsn_diff(pg_current_wal_lsn(), '${before.log}')`)) / refreshes
  await client.query(`vacuum full "${address.place}"`)
  const bytes = Number(await ask(`select pg_total_relation_size('"${address.place}"')`))
  await client.end()
  await remove()
  const cpuUs = (seconds * US_PER_SECOND) / refreshes
  return { store: 'Postgres', refreshes, cpuUs, bytesPerRecord: bytes / (WARM_UP + refreshes), logBytes }
}

const options = sectionOptions()
const refreshes = options.isFull ? FULL_REFRESHES : SHORT_REFRESHES
const rows: StoreCostRow[] = []
for (const measure of [measureRedis, measurePostgres]) {
  try {
    rows.push(await measure(refreshes))
  } catch (error) {
    console.error(`left out: ${error instanceof Error ? error.message : String(error)}`)
  }
}
printSection(storeCost, rows, options)

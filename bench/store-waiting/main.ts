// What waiting for another process costs Redis, and how long 64 processes with one grant wait. See ../README.md.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect as dial } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { TokenCredential } from '@valetkey/core'
import { redisStore } from '@valetkey/store-redis'
import { acmeCredential } from '@valetkey-app/test-support/acme-credential'
import { freePort } from '@valetkey-app/test-support/free-port'
import { endProcess } from '@valetkey-app/test-support/processes'
import { startRotatingVendor } from '@valetkey-app/test-support/rotating-vendor'
import type { RedisClientType } from 'redis'
import { percentile } from '../runner/numbers.ts'
import { barrier, progress, runChild } from '../runner/run-child.ts'
import { printSection, sectionOptions } from '../runner/section.ts'
import { type StoreWaitingRow, storeWaiting } from './section.ts'
import { openClient, type ProcessResult, REQUESTS } from './settings.ts'

const INSTANCES = 50
const SLOW_MS = 20_000
const PROCESSES = 64
const TOKEN_CALL_MS = 100
const CHILD = join(import.meta.dirname, 'child.ts')

const options = sectionOptions()
const rows: StoreWaitingRow[] = []

/** What clients send; the commands that a script calls are counted by Redis, too. */
const SENT = ['eval', 'evalsha', 'subscribe', 'unsubscribe', 'ping', 'wait']

const port = await freePort()
const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], { stdio: 'ignore' })
process.once('exit', () => server.kill('SIGKILL'))
const admin = await connect()
for (const measure of [measureWaiting, measureProcesses])
  for (const isHearing of [false, true]) await measure(isHearing)
await admin.close()
await endProcess(server, 'SIGKILL')
printSection(storeWaiting, rows, options)

async function connect(): Promise<RedisClientType> {
  for (;;) {
    try {
      await once(dial(port, '127.0.0.1'), 'connect')
      return await openClient(port)
    } catch {
      await pause(20)
    }
  }
}

function howOf(isHearing: boolean): string {
  return isHearing ? 'with a subscriber' : 'without'
}

async function commandCounts(): Promise<Readonly<Record<string, number>>> {
  const lines = (await admin.info('commandstats')).matchAll(/^cmdstat_([a-z|]+):calls=(\d+)/gm)
  return Object.fromEntries([...lines].map(([, name = '', calls]) => [name, Number(calls)]))
}

/** Instances that share one account, all of which wait while one of them refreshes; then once more, as an hour later. */
async function measureWaiting(isHearing: boolean): Promise<void> {
  await admin.flushAll()
  let waitMs = 0
  const vendor = await startRotatingVendor(() => pause(waitMs))
  const clients: RedisClientType[] = []
  const open = async () => {
    const client = await openClient(port)
    clients.push(client)
    return client
  }
  const credentials: TokenCredential[] = []
  // One after the other, so that none waits yet.
  while (credentials.length < INSTANCES) {
    const store = redisStore(await open(), isHearing ? { subscriber: await open() } : {})
    const credential = acmeCredential(vendor.url, { store })
    await credential.authorization()
    credentials.push(credential)
  }
  waitMs = SLOW_MS
  for (const round of ['for the first time', 'again']) {
    progress(`store-waiting: ${INSTANCES} instances, ${howOf(isHearing)}, ${round}`)
    await admin.configResetStat()
    await Promise.all(credentials.map(renew))
    const counts = await commandCounts()
    const commands = SENT.reduce((sum, name) => sum + (counts[name] ?? 0), 0)
    rows.push({ kind: 'instances', how: howOf(isHearing), round, commands })
  }
  for (const client of clients) client.destroy()
  await vendor.close()
}

async function renew(credential: TokenCredential): Promise<void> {
  const renewed = await credential.renew(await credential.authorization())
  credential.observe?.('replayed', { generation: renewed?.generation ?? 0, status: 200, accepted: true })
}

/** Processes that share one grant whose refresh tokens work once; halfway the API refuses the token to all. */
async function measureProcesses(isHearing: boolean): Promise<void> {
  await admin.flushAll()
  const vendor = await startRotatingVendor(() => pause(TOKEN_CALL_MS))
  const begin = barrier(PROCESSES)
  const args = [String(port), String(isHearing), vendor.url]
  const results = await Promise.all(
    Array.from({ length: PROCESSES }, () => runChild<ProcessResult>(CHILD, args, { whenReady: begin })),
  )
  const all = results.flatMap(({ waits }) => waits)
  const longest = (request: number) => Math.round(Math.max(...results.map(({ waits }) => waits[request] ?? Number.NaN)))
  rows.push({
    kind: 'processes',
    how: howOf(isHearing),
    processes: PROCESSES,
    tokenCalls: vendor.counts().calls,
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
    requests: all.length,
    firstMs: longest(0),
    refusedMs: longest(REQUESTS / 2),
    p99Ms: Math.round(percentile(all, 0.99)),
  })
  await vendor.close()
}

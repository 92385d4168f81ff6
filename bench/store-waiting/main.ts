import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect as dial } from 'node:net'
import { loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { TokenCredential } from '@valetkey/core'
import { redisStore } from '@valetkey/store-redis'
import { acmeCredential } from '@valetkey-app/test-support/acme-credential'
import { freePort } from '@valetkey-app/test-support/free-port'
import { killProcess, startProcess } from '@valetkey-app/test-support/processes'
import { startRotatingVendor } from '@valetkey-app/test-support/rotating-vendor'
import type { RedisClientType } from 'redis'
import { openClient, REQUESTS } from './settings.ts'

const INSTANCES = 50
const SLOW_MS = 20_000
const PROCESSES = 64
const TOKEN_CALL_MS = 100
const CHILD = new URL('child.ts', import.meta.url)

const { values } = parseArgs({
  options: { processes: { type: 'string', default: String(PROCESSES) }, only: { type: 'string' } },
})
const processes = Number(values.processes)

/** What clients send; the commands that a script calls are counted by Redis, too. */
const SENT = ['eval', 'evalsha', 'subscribe', 'unsubscribe', 'ping', 'wait']

const port = await freePort()
const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], { stdio: 'ignore' })
process.once('exit', () => server.kill('SIGKILL'))
const admin = await connect()
console.log(`load ${loadavg()[0]?.toFixed(1)}`)
const measures = { waiting: measureWaiting, processes: measureProcesses }
for (const [name, measure] of Object.entries(measures)) {
  for (const isHearing of [false, true]) if ((values.only ?? name) === name) await measure(isHearing)
}
await admin.close()
await killProcess(server)

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
    await admin.configResetStat()
    await Promise.all(credentials.map(renew))
    const counts = await commandCounts()
    const total = SENT.reduce((sum, name) => sum + (counts[name] ?? 0), 0)
    const parts = SENT.filter((name) => counts[name]).map((name) => `${name} ${counts[name]}`)
    const how = isHearing ? 'with a subscriber' : 'without'
    console.log(`${INSTANCES} instances waiting 20 s, ${how}, ${round}: ${total} commands (${parts.join(', ')})`)
  }
  console.log(`  token calls ${vendor.counts().calls}, spent tokens sent again ${vendor.counts().reuses}`)
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
  const children = await startAll(String(isHearing), vendor.url)
  const results = await Promise.all(
    children.map(async (child) => {
      child.send('go')
      const [result] = await once(child, 'message')
      return result as { readonly waits: readonly number[]; readonly failed: number }
    }),
  )
  const waits = results.flatMap((result) => result.waits).toSorted((a, b) => a - b)
  const failed = results.reduce((sum, result) => sum + result.failed, 0)
  const at = (share: number) => `${Math.round(waits[Math.ceil(share * waits.length) - 1] ?? 0)} ms`
  const { calls, reuses } = vendor.counts()
  console.log(
    `${processes} processes, ${isHearing ? 'with a subscriber' : 'without'}: token calls ${calls}, spent tokens sent again ${reuses},`,
    `failed ${failed} of ${processes * REQUESTS}, p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}; load ${loadavg()[0]?.toFixed(1)}`,
  )
  await Promise.all(children.map(killProcess))
  await vendor.close()
}

async function startAll(isHearing: string, vendorUrl: string): Promise<ChildProcess[]> {
  const children: ChildProcess[] = []
  while (children.length < processes) {
    const some = Array.from({ length: Math.min(8, processes - children.length) }, () =>
      startProcess(CHILD, [String(port), isHearing, vendorUrl]),
    )
    await Promise.all(some.map((child) => once(child, 'message')))
    children.push(...some)
  }
  return children
}

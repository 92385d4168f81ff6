import { setImmediate } from 'node:timers/promises'
import { redisStore } from '@valetkey/store-redis'
import { until } from '@valetkey-app/test-support/until'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { LIBRARIES, type OpenClient } from './support/clients.ts'
import { describeWithRedis, type RedisServer, startRedis } from './support/redis-server.ts'

/** Not reached. */
const NEVER_MS = 600_000
const ROUNDS = 30

describeWithRedis('waiting for a change', () => {
  let server: RedisServer
  const open: OpenClient[] = []
  beforeAll(async () => {
    server = await startRedis()
  })
  afterEach(async () => {
    for (const { close } of open.splice(0)) close()
    await server.command('flushall')
  })
  afterAll(() => server.stop())

  const turns = async (count: number) => {
    for (let done = 0; done < count; done += 1) await setImmediate()
  }
  const channels = async () => String(await server.command('pubsub', 'channels'))
  const listens = () => until('the store listens', async () => (await channels()) === 'valetkey:{key}')

  describe.each(LIBRARIES)('over $name', (library) => {
    const openStore = async () => {
      const [client, subscriber] = await Promise.all([library.open(server.port), library.open(server.port)])
      open.push(client, subscriber)
      return redisStore(client.client, { subscriber: subscriber.client })
    }

    test('waits that end and begin again at once miss no change', async () => {
      const store = await openStore()
      for (let round = 0; round < ROUNDS; round += 1) {
        const { version } = await store.get('key')
        for (const turnsAfter of [0, 1, 2]) {
          const abort = new AbortController()
          void store.waitForChange?.('key', version, { timeoutMs: NEVER_MS, signal: abort.signal })
          await turns(round % 4)
          abort.abort()
          await turns(turnsAfter)
        }
        const waiting = store.waitForChange?.('key', version, { timeoutMs: NEVER_MS })
        await listens()
        expect((await store.compareAndSet('key', version, `value ${round}`)).ok).toBe(true)
        await waiting
      }
    })

    test('an announcement that comes late, of a write before, ends no wait', async () => {
      const store = await openStore()
      const first = await store.compareAndSet('key', undefined, 'first')
      const version = first.ok ? first.version : ''
      let isOver = false
      const waiting = store.waitForChange?.('key', version, { timeoutMs: NEVER_MS }).then(() => {
        isOver = true
      })
      await listens()
      await server.command('config', 'resetstat')
      await server.command('publish', 'valetkey:{key}', '')
      const stats = async () => String(await server.command('info', 'commandstats'))
      await until('the store has looked', async () => (await stats()).includes('cmdstat_evalsha'))
      await store.get('key')
      expect(isOver).toBe(false)
      await store.compareAndSet('key', version, 'second')
      await waiting
    })
  })

  test('nobody listens once nobody waits', async () => {
    const [client, subscriber] = await Promise.all([1, 2].map(() => LIBRARIES[0]!.open(server.port)))
    open.push(client!, subscriber!)
    const store = redisStore(client!.client, { subscriber: subscriber!.client })
    const abort = new AbortController()
    const waits = [1, 2].map(() =>
      store.waitForChange?.('key', undefined, { timeoutMs: NEVER_MS, signal: abort.signal }),
    )
    await listens()
    abort.abort()
    await Promise.all(waits)
    await until('the store no longer listens', async () => (await channels()) === '')
    expect(await server.command('pubsub', 'numsub', 'valetkey:{key}')).toEqual(['valetkey:{key}', 0])
  })
})

test('the commands for one channel go out one after the other, as node-redis needs it', async () => {
  const sent: string[] = []
  const unanswered: (() => void)[] = []
  const command = (name: string) => () =>
    new Promise<void>((resolve) => {
      sent.push(name)
      unanswered.push(resolve)
    })
  const scripts = { eval: async () => [1], evalSha: async () => [1], multi: () => expect.fail('nothing is written') }
  const subscriber = { ...scripts, subscribe: command('subscribe'), unsubscribe: command('unsubscribe') }
  const store = redisStore(scripts, { subscriber })
  const wait = (signal: AbortSignal) => store.waitForChange?.('key', undefined, { timeoutMs: NEVER_MS, signal })
  const aborts = [new AbortController(), new AbortController()]
  const waits = aborts.map(async (abort) => {
    const waiting = wait(abort.signal)
    abort.abort()
    await waiting
  })
  await Promise.all(waits)
  const steps: string[][] = []
  for (let step = 0; step < 4; step += 1) {
    await setImmediate()
    steps.push([...sent])
    unanswered.shift()?.()
  }
  expect(steps.map((names) => names.join(' '))).toEqual([
    'subscribe',
    'subscribe unsubscribe',
    'subscribe unsubscribe subscribe',
    'subscribe unsubscribe subscribe unsubscribe',
  ])
})

import { setImmediate } from 'node:timers/promises'
import type { CasResult } from '@valetkey/core'
import { redisStore } from '@valetkey/store-redis'
import { until } from '@valetkey-app/test-support/until'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { LIBRARIES, type OpenClient } from './support/clients.ts'
import { describeWithRedis, type RedisServer, startRedis } from './support/redis-server.ts'

/** Not reached. */
const NEVER_MS = 600_000
const ROUNDS = 30
/** So many channels that nobody waits for stay subscribed. */
const IDLE_LIMIT = 100

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

    test('an announcement that comes late, of the extension that made the version, ends no wait', async () => {
      const store = await openStore()
      const before = await written(store.compareAndSet('key', undefined, 'first'))
      const version = await written(store.compareAndSet('key', before, 'second', { isExtension: true }))
      let isOver = false
      const waiting = store.waitForChange?.('key', version, { timeoutMs: NEVER_MS }).then((told) => {
        isOver = true
        return told
      })
      await listens()
      await store.get('key')
      await server.command('publish', 'valetkey:{key}', `+${version}${before}`)
      await server.command('publish', 'valetkey:{key}', `+${version}${before}`)
      await store.get('key')
      expect(isOver).toBe(false)
      await store.compareAndSet('key', version, 'third')
      expect(await waiting).not.toBe('extended')
    })
  })

  test('the channels of the last hundred waits stay subscribed, and no others', async () => {
    const [client, subscriber] = await Promise.all([1, 2].map(() => LIBRARIES[0]!.open(server.port)))
    open.push(client!, subscriber!)
    const store = redisStore(client!.client, { subscriber: subscriber!.client })
    for (let index = 0; index < IDLE_LIMIT + 2; index += 1) {
      await store.compareAndSet(`key ${index}`, undefined, 'value')
      await store.waitForChange?.(`key ${index}`, undefined, { timeoutMs: NEVER_MS })
    }
    const subscribed = async () => (await server.command('pubsub', 'channels')) as string[]
    await until('the store listens to no more', async () => (await subscribed()).length === IDLE_LIMIT)
    expect(await subscribed()).not.toContain('valetkey:{key 0}')
    expect(await subscribed()).not.toContain('valetkey:{key 1}')
  })

  test('a second wait for an account costs no command, and misses nothing that happened since the first', async () => {
    const [client, subscriber] = await Promise.all([1, 2].map(() => LIBRARIES[0]!.open(server.port)))
    open.push(client!, subscriber!)
    const store = redisStore(client!.client, { subscriber: subscriber!.client })
    let version = await written(store.compareAndSet('key', undefined, 'first'))
    const first = store.waitForChange?.('key', version, { timeoutMs: NEVER_MS })
    await listens()
    await store.get('key')
    const unheard = version
    version = await written(store.compareAndSet('key', version, 'second'))
    await first
    await server.command('config', 'resetstat')
    const abort = new AbortController()
    const second = store.waitForChange?.('key', version, { timeoutMs: NEVER_MS, signal: abort.signal })
    await turns(10)
    abort.abort()
    await second
    expect(String(await server.command('info', 'commandstats'))).not.toMatch(/cmdstat_(evalsha|subscribe|unsubscribe)/)
    await store.waitForChange?.('key', unheard, { timeoutMs: NEVER_MS })
    await store.waitForChange?.('key', undefined, { timeoutMs: NEVER_MS })
  })

  test('a wait is told of an extended lease, goes on without a command, and ends with the change after it', async () => {
    const [client, subscriber] = await Promise.all([1, 2].map(() => LIBRARIES[0]!.open(server.port)))
    open.push(client!, subscriber!)
    const store = redisStore(client!.client, { subscriber: subscriber!.client })
    const leased = await written(store.compareAndSet('key', undefined, 'leased'))
    let waiting = store.waitForChange?.('key', leased, { timeoutMs: NEVER_MS })
    await listens()
    await store.get('key')
    let version = leased
    for (let extension = 0; extension < 3; extension += 1) {
      version = await written(store.compareAndSet('key', version, 'leased', { isExtension: true }))
      expect(await waiting).toBe('extended')
      waiting = store.waitForChange?.('key', leased, { timeoutMs: NEVER_MS })
    }
    await server.command('config', 'resetstat')
    await store.compareAndSet('key', version, 'tokens')
    expect(await waiting).toBeUndefined()
    expect(String(await server.command('info', 'commandstats'))).toContain('cmdstat_evalsha:calls=1,')
  })

  test('stores that are made for each request share what their subscriber hears, and leave no listener each', async () => {
    const client = await LIBRARIES[0]!.open(server.port)
    const subscriber = createClient({ socket: { host: '127.0.0.1', port: server.port } })
    await subscriber.connect()
    open.push(client, { client: subscriber, close: () => subscriber.destroy() })
    for (let request = 0; request < 20; request += 1) {
      const store = redisStore(client.client, { subscriber })
      const { version } = await store.get('key')
      const waiting = store.waitForChange?.('key', version, { timeoutMs: NEVER_MS })
      await redisStore(client.client).compareAndSet('key', version, `value ${request}`)
      await waiting
    }
    expect(subscriber.listenerCount('ready')).toBe(1)
  })

  test('a subscriber that is not connected, or may not listen, rejects: then the store is polled', async () => {
    const client = await LIBRARIES[0]!.open(server.port)
    open.push(client)
    const gone = createClient({ socket: { host: '127.0.0.1', port: server.port } })
    await server.command('acl', 'setuser', 'deaf', 'on', '>secret', '~*', 'resetchannels', '+@all')
    const deaf = createClient({
      socket: { host: '127.0.0.1', port: server.port },
      username: 'deaf',
      password: 'secret',
    })
    await deaf.connect()
    for (const subscriber of [gone, deaf]) {
      const store = redisStore(client.client, { subscriber })
      await expect(store.waitForChange?.('key', undefined, { timeoutMs: NEVER_MS })).rejects.toMatchObject({
        code: subscriber === gone ? 'store_unavailable' : 'invalid_option',
      })
    }
    deaf.destroy()
  })
})

async function written(writing: Promise<CasResult>): Promise<string> {
  const result = await writing
  if (!result.ok) expect.fail('the write must win')
  return result.version
}

test('the commands for one channel go out one after the other, as node-redis needs it', async () => {
  const sent: string[] = []
  const unanswered: (() => void)[] = []
  const command = (name: string) => (channel: string) =>
    new Promise<void>((resolve) => {
      if (channel !== 'valetkey:{key}') return resolve()
      sent.push(name)
      unanswered.push(resolve)
    })
  const scripts = { eval: async () => [1], evalSha: async () => [1], multi: () => expect.fail('nothing is written') }
  const subscriber = { ...scripts, subscribe: command('subscribe'), unsubscribe: command('unsubscribe') }
  const store = redisStore(scripts, { subscriber })
  const begin = async (key: string): Promise<void> => {
    const abort = new AbortController()
    const waiting = store.waitForChange?.(key, undefined, { timeoutMs: NEVER_MS, signal: abort.signal })
    abort.abort()
    await waiting
  }
  // Each hundred others push the channel out.
  for (let round = 0; round < 2; round += 1) {
    await begin('key')
    for (let other = 0; other < IDLE_LIMIT; other += 1) await begin(`another ${other}`)
  }
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

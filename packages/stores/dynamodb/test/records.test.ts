import { CreateTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { dynamodbStore } from '@valetkey/store-dynamodb'
import { startProxy } from '@valetkey-app/test-support/flaky-proxy'
import { expectFewStoreCalls } from '@valetkey-app/test-support/token-processes'
import { until } from '@valetkey-app/test-support/until'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type DynamoDbServer, openClient, startDynamoDb } from './support/dynamodb-server.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let server: DynamoDbServer
let table: string
beforeEach(async () => {
  server = await startDynamoDb()
  table = await server.createTable()
})
afterEach(async () => {
  vi.useRealTimers()
  await server.stop()
})

const itemOf = async (key: string) => {
  const { Item } = await server.client.send(new GetItemCommand({ TableName: table, Key: { key: { S: key } } }))
  return Item
}

describe('records', () => {
  test('reads are consistent, also those of a list', async () => {
    const inputs: unknown[] = []
    server.client.middlewareStack.add(
      (next) => (args) => {
        inputs.push(args.input)
        return next(args)
      },
      { step: 'initialize' },
    )
    const store = dynamodbStore(server.client, { table })
    await store.get('key')
    await Array.fromAsync(store.list?.() ?? [])
    expect(inputs).toEqual(inputs.map(() => expect.objectContaining({ ConsistentRead: true })))
    expect(inputs).toHaveLength(2)
  })

  test('a tombstone has an end in seconds, by which DynamoDB deletes it, and a record has none', async () => {
    const store = dynamodbStore(server.client, { table })
    const { now } = await store.get('key')
    const removed = await store.compareAndSet('key', undefined, 'removed', { retainMs: DAY_MS })
    const end = Number((await itemOf('key'))?.expires_at?.N)
    expect(end).toBeGreaterThanOrEqual((now + DAY_MS) / 1000)
    expect(end).toBeLessThan((now + DAY_MS) / 1000 + 60)
    await store.compareAndSet('key', removed.ok ? removed.version : '', 'signed in again')
    expect(Object.keys((await itemOf('key')) ?? {}).toSorted()).toEqual(['key', 'value', 'version'])
  })

  test('an item without a text, of another making, is record_unreadable', async () => {
    const item = { key: { S: 'key' }, version: { S: 'version' }, value: { N: '7' } }
    await server.client.send(new PutItemCommand({ TableName: table, Item: item }))
    const message = expect.stringContaining(`the item of ${table} with the key key lacks the text`)
    const reading = dynamodbStore(server.client, { table }).get('key')
    await expect(reading).rejects.toMatchObject({ code: 'record_unreadable', message })
  })

  test('a table with another key is told, and so is a value that is too large', async () => {
    await server.client.send(
      new CreateTableCommand({
        TableName: 'other',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    )
    const other = dynamodbStore(server.client, { table: 'other' })
    await until('the table is there', async () => {
      const error: unknown = await other.get('key').catch((reason: unknown) => reason)
      return String(error).includes('names a table of another shape')
    })
    const store = dynamodbStore(server.client, { table })
    const writing = store.compareAndSet('key', undefined, 'x'.repeat(400 * 1024))
    const message = expect.stringContaining('is larger than an item of DynamoDB may be (400 KB)')
    await expect(writing).rejects.toMatchObject({ code: 'invalid_option', option: 'value', message })
  })

  test('a refresh costs one read and two writes, a fresh token none', async () => {
    await expectFewStoreCalls(dynamodbStore(server.client, { table }))
  })
})

describe('on a host whose clock is wrong', () => {
  const setClock = (ms: number): number => {
    const real = Date.now()
    vi.useFakeTimers({ toFake: ['Date'], now: real + ms, shouldAdvanceTime: false })
    return real
  }

  test.each([2 * DAY_MS, -2 * DAY_MS])('by %i ms, the time is that of the server', async (ms) => {
    const real = setClock(ms)
    const { now } = await dynamodbStore(server.client, { table }).get('key')
    expect(Math.abs(now - real)).toBeLessThan(HOUR_MS / 2)
  })

  test.each([2 * DAY_MS, -2 * DAY_MS])('by %i ms, a tombstone lasts as long as elsewhere', async (ms) => {
    setClock(ms)
    // The first call is the write: it has not heard of the time yet.
    await dynamodbStore(server.client, { table }).compareAndSet('key', undefined, 'removed', { retainMs: DAY_MS })
    vi.useRealTimers()
    const { now } = await dynamodbStore(server.client, { table }).get('key')
    expect(Math.abs(Number((await itemOf('key'))?.drop_at?.N) - now - DAY_MS)).toBeLessThan(HOUR_MS)
  })

  test.each([2 * DAY_MS, -2 * DAY_MS])(
    'by %i ms, what is over elsewhere is over in a list, and nothing else',
    async (ms) => {
      const store = dynamodbStore(server.client, { table })
      await store.compareAndSet('kept', undefined, 'removed', { retainMs: DAY_MS })
      await store.compareAndSet('over', undefined, 'removed', { retainMs: HOUR_MS })
      await server.passTime(table, 2 * HOUR_MS)
      setClock(ms)
      expect(await Array.fromAsync(dynamodbStore(server.client, { table }).list?.() ?? [])).toEqual(['kept'])
    },
  )

  test('a host whose clock is right has it to the ms', async () => {
    const before = Date.now()
    const { now } = await dynamodbStore(server.client, { table }).get('key')
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
  })
})

describe('a write whose answer is lost', () => {
  test('is told as won, though the client sends it again and that loses', async () => {
    const proxy = await startProxy(server.port)
    const client = openClient(proxy.port)
    const store = dynamodbStore(client, { table })
    await store.get('key')
    const lost = proxy.loseAnswer()
    const written = await store.compareAndSet('key', undefined, 'value')
    await lost
    expect(written).toEqual({ ok: true, version: (await store.get('key')).version })
    client.destroy()
    await proxy.close()
  })

  test('and is written over before the client sends it again, is of unknown outcome', async () => {
    const proxy = await startProxy(server.port)
    const client = openClient(proxy.port)
    const store = dynamodbStore(client, { table })
    await store.get('key')
    const lost = proxy.loseAnswer()
    const release = proxy.hold()
    const writing = store.compareAndSet('key', undefined, 'canary')
    await lost
    const another = dynamodbStore(server.client, { table })
    const { version } = await another.get('key')
    expect((await another.compareAndSet('key', version, 'newer')).ok).toBe(true)
    release()
    const error: unknown = await writing.catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'store_unavailable',
      message: '[@valetkey/store-dynamodb] the answer to a write was lost, and another write came after it',
    })
    expect((await store.get('key')).value).toBe('newer')
    client.destroy()
    await proxy.close()
  })
})

import { redisStore } from '@valetkey/store-redis'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { describe, expect, test } from 'vitest'

const refused = (client: unknown, options?: unknown): unknown => {
  try {
    return Reflect.apply(redisStore, undefined, [client, options])
  } catch (error) {
    return error
  }
}

const MUST_BE_A_CLIENT =
  '[@valetkey/store-redis] "client" must be a client of node-redis 5 or later, ioredis 5 or later, or iovalkey'

describe('options', () => {
  const client = createClient()

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a URL', 'redis://localhost'],
    ['the options of a client', { host: 'localhost', port: 6379 }],
    ['a Map', new Map()],
    ['a client for Postgres', { query: () => {}, connect: () => {} }],
    ['a client without scripts', { get: () => {}, set: () => {}, eval: () => {} }],
  ])('%s in place of a client is refused, with what is expected', (_, wrong) => {
    expect(refused(wrong)).toMatchObject({ code: 'invalid_option', option: 'client', message: MUST_BE_A_CLIENT })
  })

  test.each([
    ['a prefix that is no text', { prefix: 7 }, '"prefix" must be a string without braces'],
    ['a prefix with a hash tag', { prefix: '{app}:' }, '"prefix" must be a string without braces'],
    [
      'the client itself as subscriber',
      { subscriber: client },
      '"subscriber" must be a separate connection, such as client.duplicate()',
    ],
    ['a URL as subscriber', { subscriber: 'redis://localhost' }, '"subscriber" must be a client of node-redis 5'],
    ['no replicas to wait for', { waitReplicas: 0 }, '"waitReplicas" must be a whole number of replicas, 1 or more'],
    ['half a replica', { waitReplicas: 0.5 }, '"waitReplicas" must be a whole number'],
  ])('%s is refused', (_, options, problem) => {
    const error = refused(client, options)
    expect(error).toMatchObject({ code: 'invalid_option', option: Object.keys(options)[0] })
    expect(String(error)).toContain(`[@valetkey/store-redis] ${problem}`)
  })

  test('clients that are not connected yet are taken, and nothing is sent', () => {
    const lazy = new Redis({ lazyConnect: true })
    expect(redisStore(lazy).specVersion).toBe('v1')
    expect(redisStore(client).specVersion).toBe('v1')
    expect(lazy.status).toBe('wait')
  })

  test('without a subscriber the store does not wait for changes: it is polled', () => {
    expect(redisStore(client).waitForChange).toBeUndefined()
    expect(redisStore(client, { subscriber: createClient() }).waitForChange).toBeTypeOf('function')
  })
})

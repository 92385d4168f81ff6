import { type DurableObjects, durableObjectStore } from '@valetkey/store-durable-object'
import { describe, expect, test } from 'vitest'

const refused = (namespace: unknown, options?: unknown): unknown => {
  try {
    return Reflect.apply(durableObjectStore, undefined, [namespace, options])
  } catch (error) {
    return error
  }
}

/** A Durable Object that answers so; the real one is asked in the tests in workerd. */
function answering(json: () => Promise<unknown>): DurableObjects {
  return { idFromName: () => ({}), get: () => ({ fetch: async () => ({ json }) }) }
}

describe('options', () => {
  test.each([
    ['nothing', undefined],
    ['a stub of one Durable Object', { fetch: () => {}, id: {} }],
    ['a KV namespace', { get: () => {}, put: () => {} }],
  ])('%s in place of a binding is refused', (_, namespace) => {
    expect(refused(namespace)).toMatchObject({
      code: 'invalid_option',
      option: 'namespace',
      message: '[@valetkey/store-durable-object] "namespace" must be a binding to Durable Objects, such as env.TOKENS',
    })
  })

  test.each(['', 7, null])('%j is no name, and is refused', (name) => {
    const namespace = answering(async () => ({ result: null }))
    expect(refused(namespace, { name })).toMatchObject({ code: 'invalid_option', option: 'name' })
  })

  test('a binding that is not of this environment, whose use throws, is an outage in words without its own', async () => {
    const namespace = answering(async () => {
      throw new TypeError('canary')
    })
    const store = durableObjectStore(namespace)
    for (const call of [
      store.get('key'),
      store.compareAndSet('key', undefined, 'canary'),
      Array.fromAsync(store.list()),
      // Then core polls.
      store.waitForChange('key', undefined, { timeoutMs: 600_000 }),
    ]) {
      await expect(call).rejects.toMatchObject({
        code: 'store_unavailable',
        message: '[@valetkey/store-durable-object] the Durable Object gave no answer (TypeError)',
      })
    }
  })

  test('a record that cannot be read is told in the name of this package', async () => {
    const error = { code: 'record_unreadable', message: '[@valetkey/store-sqlite] the row of the key lacks its text' }
    await expect(durableObjectStore(answering(async () => ({ error }))).get('key')).rejects.toMatchObject({
      code: 'record_unreadable',
      message: '[@valetkey/store-durable-object] the row of the key lacks its text',
    })
  })
})

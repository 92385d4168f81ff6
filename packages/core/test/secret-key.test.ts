import { afterEach, describe, expect, test, vi } from 'vitest'
import { memoryStore, type TokenStore } from '../src/index.ts'
import { systemClock } from '../src/kit.ts'
import { secretKey } from '../src/tokens/secret-key.ts'

const SALT_KEY = '["vk1-salt"]'
const SALT = '0123456789abcdef0123456789abcdef'

afterEach(() => void vi.restoreAllMocks())

const keyOf = (store: TokenStore, secrets = 'secret', keyParts: readonly string[] = ['vk1', 'acme']) =>
  secretKey({ store, clock: systemClock, keyParts }, secrets)

test('a store key is the identity and 128 bits that another secret, and another identity, do not have', async () => {
  const store = memoryStore()
  const keys = [await keyOf(store), await keyOf(store, 'other'), await keyOf(store, 'secret', ['vk1', 'other'])]
  const parsed = keys.map((key): unknown => JSON.parse(key))
  const tag = [expect.stringMatching(/^[0-9a-f]{32}$/)]
  expect(parsed).toEqual([
    ['vk1', 'acme', tag],
    ['vk1', 'acme', tag],
    ['vk1', 'other', tag],
  ])
  expect(new Set(parsed.map((parts) => JSON.stringify((parts as unknown[]).at(-1)))).size).toBe(3)
})

test('the salt of a store is read once, and each key is derived once', async () => {
  const inner = memoryStore()
  const get = vi.fn<TokenStore['get']>(inner.get)
  const store: TokenStore = { ...inner, get }
  const derive = vi.spyOn(crypto.subtle, 'deriveBits')
  const first = await keyOf(store)
  const reads = get.mock.calls.length
  expect(await keyOf(store)).toBe(first)
  expect([get.mock.calls.length, derive.mock.calls.length]).toEqual([reads, 1])
})

test('a thousand keys are remembered, the oldest is forgotten first', async () => {
  const store = memoryStore()
  const derive = vi.spyOn(crypto.subtle, 'deriveBits')
  const derivations = () => derive.mock.calls.length
  for (let secret = 0; secret < 1_000; secret += 1) await keyOf(store, `secret ${secret}`)
  await keyOf(store, 'secret 0')
  expect(derivations()).toBe(1_000)
  await keyOf(store, 'one more')
  await keyOf(store, 'secret 1')
  expect(derivations()).toBe(1_001)
  await keyOf(store, 'secret 0')
  expect(derivations()).toBe(1_002)
})

test('a failure is not remembered, neither of the store nor of the derivation', async () => {
  const inner = memoryStore()
  const get = vi.fn<TokenStore['get']>(inner.get).mockRejectedValueOnce(new Error('down'))
  const store: TokenStore = { ...inner, get }
  await expect(keyOf(store)).rejects.toThrow('down')
  vi.spyOn(crypto.subtle, 'deriveBits').mockRejectedValueOnce(new Error('no memory'))
  await expect(keyOf(store)).rejects.toThrow('no memory')
  expect(await keyOf(store)).toMatch(/^\["vk1","acme",\["[0-9a-f]{32}"\]\]$/)
})

describe('the salt', () => {
  test('is taken from the store where there is one', async () => {
    const [one, other] = [memoryStore(), memoryStore()]
    for (const store of [one, other]) await store.compareAndSet(SALT_KEY, undefined, `{"v":1,"salt":"${SALT}"}`)
    expect(await keyOf(one)).toBe(await keyOf(other))
  })

  test('is that of the process that was first', async () => {
    const inner = memoryStore()
    const compareAndSet: TokenStore['compareAndSet'] = async (...change) => {
      await inner.compareAndSet(SALT_KEY, undefined, `{"v":1,"salt":"${SALT}"}`)
      return inner.compareAndSet(...change)
    }
    expect(await keyOf({ ...inner, compareAndSet })).toBe(await keyOf(inner))
  })

  test.each(['', '\0\0', '{"v":1,', '{"v":1,"salt":"', `{"v":1,"salt":"${SALT.slice(1)}`, `{"v":1,"salt":"${SALT}"`])(
    'that was cut to %j gets a successor',
    async (text) => {
      const store = memoryStore()
      await store.compareAndSet(SALT_KEY, undefined, text)
      expect(await keyOf(store)).toBe(await keyOf(store))
      expect((await store.get(SALT_KEY)).value).toMatch(/^\{"v":1,"salt":"[0-9a-f]{32}"\}$/)
    },
  )

  test.each([
    '{}',
    `{"v":2,"salt":"${SALT}"}`,
    `{"v":1,"salt":"${SALT}0"}`,
    `{"v":1,"salt":"${SALT.slice(1)}"}`,
    ` {"v":1,"salt":"${SALT}"}`,
    `{"v":1,"salt":"${SALT}"} `,
  ])('is left alone and used for nothing when it is %j', async (text) => {
    const store = memoryStore()
    await store.compareAndSet(SALT_KEY, undefined, text)
    await expect(keyOf(store)).rejects.toMatchObject({
      code: 'record_unreadable',
      vendor: 'core',
      message: expect.stringContaining(`the record of the key ${SALT_KEY} is of a newer version of valetkey or none`),
    })
    expect((await store.get(SALT_KEY)).value).toBe(text)
  })

  test('is written three times at most, in a store that keeps nothing', async () => {
    const compareAndSet = vi.fn<TokenStore['compareAndSet']>(async () => ({ ok: true, version: '1' }))
    await expect(keyOf({ ...memoryStore(), compareAndSet })).rejects.toMatchObject({
      code: 'store_unavailable',
      vendor: 'core',
      message: 'compareAndSet() must keep what it has written',
    })
    expect(compareAndSet).toHaveBeenCalledTimes(3)
  })
})

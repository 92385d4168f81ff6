import { inspect } from 'node:util'
import { memoryStore, type TokenStore } from '@valetkey/core'
import { encryptedStore } from '@valetkey/store-encrypted'
import { findLeaks, virtualClock } from '@valetkey/testing'
import { decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import { keyOf, NEW, OLD } from './support/keys.ts'
import { stored } from './support/stored.ts'

const KEY = '["vk1","acme","default"]'
const SECRET = 'access-token-canary-7f3a'

function setUp() {
  const clock = virtualClock()
  const inner = memoryStore({ clock })
  return { clock, inner, store: encryptedStore(inner, { keys: [OLD] }) }
}

describe('what the inner store gets', () => {
  test('a compact JWE that names algorithm, key id and store key, and nothing of the value', async () => {
    const { inner, store } = setUp()
    await store.compareAndSet(KEY, undefined, SECRET)
    const { value } = await stored(inner, KEY)
    expect(value.split('.')).toHaveLength(5)
    expect(decodeProtectedHeader(value)).toEqual({ alg: 'dir', enc: 'A256GCM', kid: '2026-01', key: KEY })
    expect(findLeaks(value, [SECRET])).toEqual([])
  })

  test('another text each time, also for the same value', async () => {
    const { inner, store } = setUp()
    await store.compareAndSet('a', undefined, SECRET)
    const first = await stored(inner, 'a')
    await store.compareAndSet('a', first.version, SECRET)
    expect((await stored(inner, 'a')).value).not.toBe(first.value)
  })

  test('how long a tombstone is to be kept', async () => {
    const { inner } = setUp()
    const retained: unknown[] = []
    const recording: TokenStore = {
      ...inner,
      compareAndSet(...write) {
        retained.push(write[3]?.retainMs)
        return inner.compareAndSet(...write)
      },
    }
    const store = encryptedStore(recording, { keys: [OLD] })
    await store.compareAndSet('a', undefined, 'tombstone', { retainMs: 86_400_000 })
    await store.compareAndSet('b', undefined, 'record')
    expect(retained).toEqual([86_400_000, undefined])
  })
})

describe('to its user it is the inner store', () => {
  test.each([
    ['', ''],
    ['a', 'plain'],
    ['../{}\u0000🔑é', '🛥️ \u0000 "quoted" \\ é'],
    ['byte order mark', '\uFEFFkept'],
    ['large', 'x'.repeat(300_000)],
  ])('what was written under %j is read', async (key, value) => {
    const { inner, store } = setUp()
    const written = await store.compareAndSet(key, undefined, value)
    const { version } = await stored(inner, key)
    expect(written).toEqual({ ok: true, version })
    expect(await store.get(key)).toMatchObject({ version, value })
  })

  test('a write on an old version is refused and changes nothing', async () => {
    const { store } = setUp()
    const first = await store.compareAndSet(KEY, undefined, 'one')
    expect(await store.compareAndSet(KEY, undefined, 'two')).toEqual({ ok: false })
    expect(await store.get(KEY)).toMatchObject({ ...(first.ok && { version: first.version }), value: 'one' })
  })

  test('the clock, absence and the list of keys are the inner ones', async () => {
    const { clock, store } = setUp()
    expect(await store.get(KEY)).toEqual({ now: clock.now() })
    await store.compareAndSet(KEY, undefined, 'one')
    expect(await Array.fromAsync(store.list?.() ?? [])).toEqual([KEY])
  })

  test('who waits for a change is woken by a write', async () => {
    const { store } = setUp()
    const waiting = store.waitForChange?.(KEY, undefined, { timeoutMs: 60_000 })
    await store.compareAndSet(KEY, undefined, 'one')
    await expect(waiting).resolves.toBeUndefined()
  })

  test('a store that cannot wait or list stays one that cannot', () => {
    const { get, compareAndSet } = memoryStore()
    const store = encryptedStore({ specVersion: 'v1', get, compareAndSet }, { keys: [OLD] })
    expect(store).not.toHaveProperty('waitForChange')
    expect(store).not.toHaveProperty('list')
  })

  test('a store that is an object of a class keeps its own this', async () => {
    class ClassStore implements TokenStore {
      readonly specVersion = 'v1'
      readonly #inner = memoryStore()
      get(key: string) {
        return this.#inner.get(key)
      }
      compareAndSet(...write: Parameters<TokenStore['compareAndSet']>) {
        return this.#inner.compareAndSet(...write)
      }
      async *list() {
        yield* this.#inner.list?.() ?? []
      }
    }
    const store = encryptedStore(new ClassStore(), { keys: [OLD] })
    await store.compareAndSet(KEY, undefined, 'one')
    expect(await Array.fromAsync(store.list?.() ?? [])).toEqual([KEY])
  })

  test('what the inner store rejects with is passed on as it is', async () => {
    const down = new Error('connection refused')
    const inner = { ...memoryStore(), get: () => Promise.reject(down) }
    await expect(encryptedStore(inner, { keys: [OLD] }).get(KEY)).rejects.toBe(down)
  })
})

describe('keys', () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, index) => 255 - index * 7)
  const base64 = Buffer.from(bytes).toString('base64')

  test.each([
    ['base64', base64],
    ['base64 without padding', base64.replace('=', '')],
    ['base64url', Buffer.from(bytes).toString('base64url')],
    ['hex', Buffer.from(bytes).toString('hex')],
    ['hex in capitals', Buffer.from(bytes).toString('hex').toUpperCase()],
    ['a Buffer', Buffer.from(bytes)],
  ])('32 bytes as %s are the same key as the bytes themselves', async (_, key) => {
    const inner = memoryStore()
    await encryptedStore(inner, { keys: [{ id: 'k', key: bytes }] }).compareAndSet(KEY, undefined, SECRET)
    const other = encryptedStore(inner, { keys: [{ id: 'k', key }] })
    expect(await other.get(KEY)).toMatchObject({ value: SECRET })
  })

  test('a CryptoKey that cannot be exported works', async () => {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
    const store = encryptedStore(memoryStore(), { keys: [{ id: 'k', key }] })
    await store.compareAndSet(KEY, undefined, SECRET)
    expect(await store.get(KEY)).toMatchObject({ value: SECRET })
  })

  test('the bytes are copied: wiping them afterwards changes nothing', async () => {
    const inner = memoryStore()
    const wiped = bytes.slice()
    const store = encryptedStore(inner, { keys: [{ id: 'k', key: wiped }] })
    wiped.fill(0)
    await store.compareAndSet(KEY, undefined, SECRET)
    expect(await encryptedStore(inner, { keys: [{ id: 'k', key: bytes }] }).get(KEY)).toMatchObject({ value: SECRET })
  })

  test('no key shows when the store is printed', () => {
    const store = encryptedStore(memoryStore(), { keys: [{ id: 'k', key: base64 }] })
    const print = (value: unknown) => inspect(value, { depth: 9, showHidden: true, customInspect: false })
    expect(findLeaks(store, [base64, Buffer.from(bytes).toString('hex')], print)).toEqual([])
  })
})

describe('options that cannot work are refused at once, without quoting a key', () => {
  const password = 'correct horse battery staple'
  const short = Buffer.alloc(16, 7).toString('base64')

  test.each([
    ['"keys" is required', undefined],
    ['"keys" is required', []],
    ['"keys" is required', { keys: 'secret' }],
    ['"keys" must hold at least one key', { keys: [] }],
    ['"keys[0].id" must be a non-empty string', { keys: [{ key: OLD.key }] }],
    ['"keys[1].id" must be a non-empty string', { keys: [OLD, keyOf('', 3)] }],
    ['"keys[1].id" must differ from the ids of the other keys', { keys: [OLD, keyOf(OLD.id, 3), NEW] }],
    ['"keys[0].key" must be 32 random bytes', { keys: [{ id: 'k' }] }],
    ['"keys[0].key" must be 32 random bytes', { keys: [{ id: 'k', key: password }] }],
    ['"keys[0].key" must be 32 random bytes', { keys: [{ id: 'k', key: short }] }],
    ['"keys[0].key" must be 32 random bytes', { keys: [{ id: 'k', key: `${'A'.repeat(42)}+_` }] }],
    ['"keys[0].key" must be 32 random bytes', { keys: [{ id: 'k', key: new Uint8Array(16) }] }],
    ['"keys[0].key" must be 32 random bytes', { keys: [{ id: 'k', key: Array.from({ length: 32 }, () => 1) }] }],
    ['"keys[0].id" must be a non-empty string', { keys: [Object.create(OLD)] }],
  ])('%s: %j', (says, options) => {
    const make = () => Reflect.apply(encryptedStore, undefined, [memoryStore(), options])
    expect(make).toThrow(expect.objectContaining({ code: 'invalid_option', vendor: 'store-encrypted' }))
    expect(make).toThrow(`[@valetkey/store-encrypted] ${says}`)
    expect(findLeaks(thrownBy(make), [password, short])).toEqual([])
  })

  test('a password is answered with how to make a key', () => {
    const make = () => encryptedStore(memoryStore(), { keys: [{ id: 'k', key: password }] })
    expect(make).toThrow(`make one with: node -p "crypto.randomBytes(32).toString('base64')"`)
  })

  test.each([
    ['of 128 bits', { name: 'AES-GCM', length: 128 }, ['encrypt', 'decrypt']],
    ['of another algorithm', { name: 'AES-CBC', length: 256 }, ['encrypt', 'decrypt']],
    ['that may only encrypt', { name: 'AES-GCM', length: 256 }, ['encrypt']],
  ] as const)('a CryptoKey %s', async (_, algorithm, usages) => {
    const key = await crypto.subtle.generateKey(algorithm, true, usages)
    const make = () => encryptedStore(memoryStore(), { keys: [{ id: 'k', key }] })
    expect(make).toThrow('"keys[0].key" must be an AES-GCM key of 256 bits that may encrypt and decrypt')
  })

  test.each([[undefined], [null], [{}], [{ get: () => {} }]])('a store that is %j', (store) => {
    const make = () => Reflect.apply(encryptedStore, undefined, [store, { keys: [OLD] }])
    expect(make).toThrow(
      '[@valetkey/store-encrypted] "store" must be a store: an object with get() and compareAndSet()',
    )
  })
})

function thrownBy(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}

test('keys that stand on a prototype are no keys', async () => {
  const problem = expect.objectContaining({ code: 'invalid_option' })
  const inherit = (members: object) => Object.create(members) as never
  expect(() => encryptedStore(memoryStore(), inherit({ keys: [OLD] }))).toThrow(problem)
  expect(() => encryptedStore(memoryStore(), { keys: [inherit(OLD)] })).toThrow(problem)
  expect(() =>
    encryptedStore(memoryStore(), { keys: [Object.assign(inherit({ key: OLD.key }), { id: 'a' })] }),
  ).toThrow(problem)
})

import { describe, expect, test } from 'vitest'
import type { CasResult, StoreRead, TokenStore } from '../src/store.ts'
import { getWithin, memoryStore, setWithin } from '../src/store.ts'
import { type Clock, systemClock } from '../src/time.ts'

/** Sleeps end at once where they are as long as a store call may take. */
const clock: Clock = {
  ...systemClock,
  monotonic: () => 77,
  sleep: async (ms) => {
    if (ms !== 4_000) throw new Error(`slept for ${ms} ms`)
  },
}
/** Sleeps end never. */
const patient: Clock = { ...clock, sleep: () => new Promise(() => {}) }
const never = () => new Promise<never>(() => {})
const answering = (answers: { get?: unknown; compareAndSet?: unknown }): TokenStore => ({
  specVersion: 'v1',
  get: async () => answers.get as StoreRead,
  compareAndSet: async () => answers.compareAndSet as CasResult,
})
const wrong = (message: string) => ({ code: 'store_unavailable', vendor: 'core', message })
const late = 'the store did not answer in time'

describe('a read', () => {
  test('has the time before it, and an absent key neither version nor text', async () => {
    expect(await getWithin(answering({ get: { now: 5 } }), patient, 'k')).toStrictEqual({
      version: undefined,
      value: undefined,
      now: 5,
      mono: 77,
    })
    const present = { now: 5, version: '1', value: 'text' }
    expect(await getWithin(answering({ get: present }), patient, 'k')).toEqual({ ...present, mono: 77 })
  })

  test.each([undefined, null, 'text', {}, { now: '5' }, { now: Number.NaN }])(
    'that gives %j is refused',
    async (get) => {
      const message = 'get() must give { now, version, value }'
      await expect(getWithin(answering({ get }), patient, 'k')).rejects.toMatchObject(wrong(message))
    },
  )

  test('without an answer fails after four seconds', async () => {
    const store = { ...memoryStore(), get: never }
    await expect(getWithin(store, clock, 'k')).rejects.toThrow(late)
  })

  test('that fails says why', async () => {
    const store = { ...memoryStore(), get: () => Promise.reject(new Error('refused')) }
    await expect(getWithin(store, patient, 'k')).rejects.toThrow('refused')
  })
})

describe('a write', () => {
  const set = (compareAndSet: unknown) => setWithin(answering({ compareAndSet }), patient, 'k', undefined, 'text')

  test('passes on what is to be written, and for how long it is kept', async () => {
    const calls: unknown[][] = []
    const store = answering({})
    store.compareAndSet = async (...args) => {
      calls.push(args)
      return { ok: false }
    }
    await setWithin(store, patient, 'k', 'v1', 'text', 9)
    await setWithin(store, patient, 'k', undefined, 'text')
    expect(calls).toEqual([
      ['k', 'v1', 'text', { retainMs: 9 }],
      ['k', undefined, 'text', { retainMs: undefined }],
    ])
  })

  test.each([{ ok: false }, { ok: true, version: '1' }])('that gives %j gives that', async (answer) => {
    expect(await set(answer)).toBe(answer)
  })

  test.each([undefined, null, true, {}, { ok: true }, { ok: true, version: 1 }])(
    'that gives %j is refused',
    async (answer) => {
      await expect(set(answer)).rejects.toMatchObject(wrong('compareAndSet() must give { ok, version }'))
    },
  )

  test('without an answer fails after four seconds', async () => {
    const store = { ...memoryStore(), compareAndSet: never }
    await expect(setWithin(store, clock, 'k', undefined, 'text')).rejects.toThrow(late)
  })
})

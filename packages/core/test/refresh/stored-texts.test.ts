import { describe, expect, test } from 'vitest'
import { CredentialError } from '../../src/errors.ts'
import { invalidOption } from '../../src/options.ts'
import { checkRecord, readSnapshot, storeFailure } from '../../src/refresh/run.ts'
import { memoryStore, type TokenStore } from '../../src/store.ts'
import { type Clock, systemClock } from '../../src/time.ts'
import { serializeRecord } from '../../src/tokens/record.ts'
import { KEY, MONO, NOW, recordOf } from './flight.ts'

const clock: Clock = { ...systemClock, now: () => NOW, monotonic: () => MONO }

async function storeWith(value?: string, key = KEY): Promise<TokenStore> {
  const store = memoryStore({ clock })
  if (value !== undefined) await store.compareAndSet(key, undefined, value)
  return store
}

const UNREADABLE = [
  ['', 'is empty, cut off or malformed; restore it from a backup, or sign in again: that takes its place', true],
  [
    '{"v":1,"ke',
    'is empty, cut off or malformed; restore it from a backup, or sign in again: that takes its place',
    true,
  ],
  ['{"v":2}', 'was written by a newer version of valetkey and is left as it is: update this program', false],
  [
    '{"v":1,"key":"other"}',
    'belongs to another key and is not changed: move it back, or delete it and sign in again',
    false,
  ],
  [
    'eyJhbGciOiJkaXIi.x',
    'is encrypted and is left as it is: give this program the encrypted store and its keys, or delete it and sign in again',
    false,
  ],
  [
    'text',
    'is not a record of valetkey and is not changed: give this program a separate store, or delete it and sign in again',
    false,
  ],
] as const

describe('a stored text', () => {
  test('that is a record is read with its version and both clocks', async () => {
    const store = await storeWith(serializeRecord(recordOf()))
    expect(await readSnapshot({ store, clock }, KEY)).toEqual({
      record: recordOf(),
      version: '1',
      now: NOW,
      mono: MONO,
    })
  })

  test('is read as a target sees it', async () => {
    const store = await storeWith(serializeRecord(recordOf()))
    const { record } = await readSnapshot({ store, clock }, KEY, false, 'mail')
    expect(record).toMatchObject({ tokens: { accessToken: '' }, others: { of: { '': { setId: 'set-7' } } } })
  })

  test('that is absent is none', async () => {
    const snapshot = { record: undefined, version: undefined, now: NOW, mono: MONO }
    expect(await readSnapshot({ store: await storeWith(), clock }, KEY)).toEqual(snapshot)
  })

  test.each(UNREADABLE)('%j is no record', async (text, words, isDamaged) => {
    const store = await storeWith(text)
    const reading = readSnapshot({ store, clock }, KEY)
    await expect(reading).rejects.toMatchObject({
      code: 'record_unreadable',
      vendor: 'core',
      message: `the record of the key ${KEY} ${words}`,
    })
    const damaged = isDamaged ? { now: NOW, version: '1' } : undefined
    await expect(reading).rejects.toHaveProperty('damaged', damaged)
    const replacing = readSnapshot({ store, clock }, KEY, true)
    if (damaged) expect(await replacing).toEqual({ ...damaged, mono: MONO, record: undefined })
    else await expect(replacing).rejects.toMatchObject({ code: 'record_unreadable' })
  })

  test('that a store calls damaged, or cannot give, is what the store says', async () => {
    const damaged = { now: 7, version: 'd' }
    const fails = (error: Error): TokenStore => ({ ...memoryStore(), get: () => Promise.reject(error) })
    const lost = fails(new CredentialError('record_unreadable', 'lost', { vendor: 'file', damaged }))
    expect(await readSnapshot({ store: lost, clock }, KEY, true)).toEqual({ ...damaged, mono: MONO, record: undefined })
    await expect(readSnapshot({ store: lost, clock }, KEY)).rejects.toThrow('lost')
    await expect(readSnapshot({ store: fails(new Error('down')), clock }, KEY, true)).rejects.toThrow('down')
  })
})

describe('a look at a key', () => {
  test('says the time and the version', async () => {
    const store = await storeWith(serializeRecord(recordOf()))
    expect(await checkRecord(store, KEY)).toStrictEqual({ now: NOW, version: '1' })
    expect(await checkRecord(store, 'absent')).toStrictEqual({ now: NOW, version: undefined })
  })

  test('reads nothing into a text at a key of another kind', async () => {
    expect(await checkRecord(await storeWith('text', '["signin1"]'), '["signin1"]')).toEqual({ now: NOW, version: '1' })
    await expect(checkRecord(await storeWith('text'), KEY)).rejects.toMatchObject({ code: 'record_unreadable' })
  })
})

test.each<[string, unknown, object]>([
  ['of its client', new Error('password of ann'), { type: 'store_unavailable', reason: undefined, isMistake: false }],
  [
    'that only a person can mend',
    invalidOption('@acme/store', 'table', 'is missing'),
    { type: 'store_unavailable', reason: '[@acme/store] "table" is missing', isMistake: true },
  ],
  [
    'about a record',
    new CredentialError('record_unreadable', 'lost', { vendor: 'file' }),
    { type: 'record_unreadable', reason: 'lost', isMistake: false },
  ],
  [
    'of its own',
    new CredentialError('store_unavailable', 'read-only', { vendor: 'file' }),
    { type: 'store_unavailable', reason: 'read-only', isMistake: false },
  ],
])('a store that fails in words %s', (_, error, expected) => {
  expect(storeFailure(error)).toEqual(expected)
})

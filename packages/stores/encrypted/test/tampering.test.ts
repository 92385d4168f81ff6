import { inspect } from 'node:util'
import { memoryStore, type TokenStore } from '@valetkey/core'
import { encryptedStore } from '@valetkey/store-encrypted'
import { findLeaks } from '@valetkey/testing'
import { base64url, CompactEncrypt, CompactSign, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { keyOf, NEW, OLD } from './support/keys.ts'
import { plant, stored } from './support/stored.ts'

const KEY = '["vk1","acme","default"]'
const SECRET = 'refresh-token-canary-91bd'
const bytes = new Uint8Array(32).fill(1)

/** What somebody with write access to the store can make of a record. */
type Tamper = (sealed: string) => string | Promise<string>

const PARTS = ['protected header', 'encrypted key', 'iv', 'ciphertext', 'tag'] as const

const TRICKS: readonly (readonly [name: string, tamper: Tamper])[] = [
  ...PARTS.map(
    (name, index) => [`a bit of the ${name} is flipped`, (sealed: string) => flipBit(sealed, index)] as const,
  ),
  ...PARTS.map(
    (name, index) => [`the ${name} is gone`, (sealed: string) => withPart(sealed, index, () => '')] as const,
  ).filter(([name]) => !name.includes('encrypted key')),
  ['half of it is gone', (sealed) => sealed.slice(0, sealed.length / 2)],
  ['it is empty', () => ''],
  ['something follows it', (sealed) => `${sealed}A`],
  ['the key id is gone', (sealed) => withHeader(sealed, { kid: undefined })],
  ['the key id is of another key of the ring', (sealed) => withHeader(sealed, { kid: NEW.id })],
  ['the key id is no text', (sealed) => withHeader(sealed, { kid: 1 })],
  ['the key id is a member of every object', (sealed) => withHeader(sealed, { kid: 'constructor' })],
  ['the algorithm is none', (sealed) => withHeader(sealed, { alg: 'none' })],
  ['the algorithm is A256KW', (sealed) => withHeader(sealed, { alg: 'A256KW' })],
  ['the encryption is A128CBC-HS256', (sealed) => withHeader(sealed, { enc: 'A128CBC-HS256' })],
  ['the store key in the header is another', (sealed) => withHeader(sealed, { key: 'other' })],
  ['the header is no JSON', (sealed) => withPart(sealed, 0, () => base64url.encode('{'))],
  ['it is the plain text', () => JSON.stringify({ v: 1, key: KEY, refreshToken: SECRET })],
  ['it is an unsecured JWT', () => new UnsecuredJWT({ key: KEY, refreshToken: SECRET }).encode()],
  [
    'it is signed instead',
    () => new CompactSign(encode(SECRET)).setProtectedHeader({ alg: 'HS256', kid: OLD.id }).sign(bytes),
  ],
  [
    'it is wrapped with the same key by another algorithm',
    () => foreign({ alg: 'A256GCMKW', enc: 'A256GCM', kid: OLD.id, key: KEY }),
  ],
  [
    'it is encrypted with the same key by another algorithm',
    () => foreign({ alg: 'dir', enc: 'A128CBC-HS256', kid: OLD.id, key: KEY }),
  ],
  ...['A128GCM', 'A192GCM', 'A192CBC-HS384', 'A256CBC-HS512'].map(
    (enc) => [`the encryption is ${enc}`, (sealed: string) => withHeader(sealed, { enc })] as const,
  ),
  ['it is of a key that is not in the ring', () => sealedBy(encryptedStoreOf(keyOf('stranger', 9)), KEY)],
  ['it is of another key under the same id', () => sealedBy(encryptedStoreOf(keyOf(OLD.id, 9)), KEY)],
  ['it is the record of another store key', () => sealedBy(encryptedStoreOf(OLD), 'other')],
  ['it names no store key', () => foreign({ alg: 'dir', enc: 'A256GCM', kid: OLD.id })],
]

describe.each(TRICKS)('when %s', (_, tamper) => {
  test('the record is unreadable, and stays as it is', async () => {
    const inner = memoryStore()
    const store = encryptedStore(inner, { keys: [OLD, NEW] })
    await store.compareAndSet(KEY, undefined, SECRET)
    await plant(inner, KEY, await tamper((await stored(inner, KEY)).value))
    const planted = await stored(inner, KEY)

    const error = await store.get(KEY).then(
      () => expect.fail('it was read'),
      (reason: unknown) => reason,
    )

    expect(error).toMatchObject({ code: 'record_unreadable', vendor: 'store-encrypted', isRetryable: false })
    const leaks = findLeaks(error, [SECRET, planted.value || 'empty'], (value) =>
      inspect(value, { depth: 9, showHidden: true }),
    )
    expect(leaks).toEqual([])
    expect(await store.compareAndSet(KEY, undefined, 'new')).toEqual({ ok: false })
    expect(await store.rotateKeys()).toEqual({ resealed: 0, unreadable: 1 })
    expect(await stored(inner, KEY)).toEqual(planted)
  })
})

test('two records that were swapped are both unreadable', async () => {
  const inner = memoryStore()
  const store = encryptedStore(inner, { keys: [OLD] })
  await store.compareAndSet('a', undefined, 'of a')
  await store.compareAndSet('b', undefined, 'of b')
  const [a, b] = [await stored(inner, 'a'), await stored(inner, 'b')]
  await plant(inner, 'a', b.value)
  await plant(inner, 'b', a.value)
  await expect(store.get('a')).rejects.toMatchObject({ code: 'record_unreadable' })
  await expect(store.get('b')).rejects.toMatchObject({ code: 'record_unreadable' })
})

function flipBit(sealed: string, index: number): string {
  return withPart(sealed, index, (part) => {
    const flipped = base64url.decode(part === '' ? 'AAAA' : part)
    flipped[flipped.length - 1]! ^= 1
    return base64url.encode(flipped)
  })
}

function withPart(sealed: string, index: number, change: (part: string) => string): string {
  return sealed
    .split('.')
    .map((part, at) => (at === index ? change(part) : part))
    .join('.')
}

function withHeader(sealed: string, members: object): string {
  return withPart(sealed, 0, (header) => {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(base64url.decode(header)))
    return base64url.encode(JSON.stringify({ ...Object(parsed), ...members }))
  })
}

function foreign(header: { alg: string; enc: string; kid: string; key?: string }): Promise<string> {
  return new CompactEncrypt(encode(SECRET)).setProtectedHeader(header).encrypt(bytes)
}

interface Sealing {
  readonly inner: TokenStore
  readonly store: TokenStore
}

function encryptedStoreOf(key: typeof OLD): Sealing {
  const inner = memoryStore()
  return { inner, store: encryptedStore(inner, { keys: [key] }) }
}

async function sealedBy({ inner, store }: Sealing, key: string): Promise<string> {
  await store.compareAndSet(key, undefined, SECRET)
  return (await stored(inner, key)).value
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTokenCredential, memoryStore, type TokenGrant, type TokenStore } from '@valetkey/core'
import { checkRecord, storeSignIn } from '@valetkey/core/kit'
import { encryptedStore } from '@valetkey/store-encrypted'
import { fileStore } from '@valetkey/store-file'
import { describe, expect, onTestFinished, test } from 'vitest'

const KEY = JSON.stringify(['vk1', 'acme', 'damaged', 'default'])
const RECORD = { v: 1, key: KEY, generation: 3, setId: 'set', writtenBy: 'process' }
const TOKENS = { accessToken: 'access', tokenType: 'Bearer', issuedAt: 1, refreshToken: 'r,{"v":2}' }
const WHOLE = JSON.stringify({ ...RECORD, tokens: TOKENS })
const SIGN_IN = { accessToken: 'signed-in', refreshToken: 'r', expiresIn: 3600 }

const ACQUIRE: TokenGrant = { acquire: async () => ({ accessToken: 'acquired', expiresIn: 3600 }) }
const OF_A_PERSON: TokenGrant = { refresh: async () => ({ accessToken: 'refreshed', refreshToken: 'r2' }) }

const STORES: Readonly<Record<string, () => TokenStore>> = {
  'the memory store': () => memoryStore(),
  'the file store': () => {
    const folder = mkdtempSync(join(tmpdir(), 'valetkey-damaged-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    return fileStore({ path: join(folder, 'tokens') })
  },
}

const DAMAGED: Readonly<Record<string, string>> = {
  empty: '',
  'only zeros': '\0'.repeat(64),
  'cut after its first character': '{',
  'cut in its key': WHOLE.slice(0, 20),
  'cut behind its key': JSON.stringify({ v: 1, key: KEY }).slice(0, -1),
  'cut in a token': WHOLE.slice(0, -12),
  'cut before its end': WHOLE.slice(0, -1),
  'followed by the rest of a longer one': `${WHOLE}n":"t"}}`,
  'without a member': JSON.stringify({ ...RECORD, setId: undefined }),
  'with a member of another type': JSON.stringify({ ...RECORD, generation: '3' }),
  'with tokens that lack the access token': JSON.stringify({ ...RECORD, tokens: { ...TOKENS, accessToken: null } }),
}

const OTHER = JSON.stringify(['vk1', 'acme', 'damaged', 'other'])
const NEWER = 'was written by a newer version of valetkey and is left as it is: update this program'
const OF_ANOTHER_KEY = 'belongs to another key and is not changed'
const FOREIGN = 'is not a record of valetkey and is not changed'

/** Texts that stay, with the words that name them. */
const KEPT: Readonly<Record<string, readonly [text: string, words: string]>> = {
  'of a newer version': [JSON.stringify({ ...RECORD, v: 2 }), NEWER],
  'of a newer version, which lacks all that this one knows': ['{"v":2}', NEWER],
  'of a newer version, cut': [JSON.stringify({ ...RECORD, v: 2, tokens: TOKENS }).slice(0, -9), NEWER],
  'of another key': [JSON.stringify({ ...RECORD, key: OTHER }), OF_ANOTHER_KEY],
  'of another key, and malformed': [JSON.stringify({ v: 1, key: OTHER }), OF_ANOTHER_KEY],
  'of another key, cut': [JSON.stringify({ ...RECORD, key: OTHER }).slice(0, -9), OF_ANOTHER_KEY],
  'of another key, cut in it': [JSON.stringify({ v: 1, key: OTHER }).slice(0, -4), FOREIGN],
  'a text': ['no JSON', FOREIGN],
  'an object without a version': [JSON.stringify({ ...RECORD, v: undefined }), FOREIGN],
  'an object without a key': ['{"v":1,"generation":1}', FOREIGN],
  'other JSON': ['[1,2', FOREIGN],
}

const CASES = Object.entries(STORES)

describe.each(CASES)('in %s', (_store, make) => {
  async function setUp(grant: TokenGrant, text: string, store = make()) {
    await store.compareAndSet(KEY, undefined, text)
    const definition = { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['damaged'], grant }
    return { store, credential: createTokenCredential(definition, { store }) }
  }

  describe.each(Object.entries(DAMAGED))('a record that is %s', (_name, text) => {
    test('says so, and is replaced by a sign-in', async () => {
      const { store, credential } = await setUp(OF_A_PERSON, text)
      const { version, now } = await store.get(KEY)
      const words = `the record of the key ${KEY} is empty, cut off or malformed; restore it from a backup, or sign in again`
      const unreadable = { code: 'record_unreadable', message: expect.stringContaining(words) }
      await expect(credential.getToken()).rejects.toMatchObject(unreadable)
      await expect(credential.status()).rejects.toMatchObject(unreadable)
      expect(await store.get(KEY)).toMatchObject({ version, value: text })
      const damaged = { version, now: expect.any(Number) }
      await expect(checkRecord(store, KEY)).rejects.toMatchObject({ ...unreadable, damaged })
      await storeSignIn(credential, SIGN_IN)
      expect((await credential.getToken()).accessToken).toBe('signed-in')
      expect(await checkRecord(store, KEY)).not.toMatchObject({ version })
      expect(now).toBeTypeOf('number')
    })

    test('is replaced by a sign-out', async () => {
      const { store, credential } = await setUp(OF_A_PERSON, text)
      await credential.signOut()
      await expect(credential.getToken()).rejects.toMatchObject({ code: 'not_signed_in' })
      expect((await store.get(KEY)).value).toContain('"signedOut":true')
    })

    test('is replaced by a grant that acquires by itself', async () => {
      const { credential } = await setUp(ACQUIRE, text)
      expect((await credential.getToken()).accessToken).toBe('acquired')
      expect(await credential.status()).toMatchObject({ state: 'ready' })
    })
  })

  test.each(Object.entries(KEPT))('%s is named and left as it is, by everything', async (_name, [text, words]) => {
    for (const grant of [ACQUIRE, OF_A_PERSON]) await expectKept(await setUp(grant, text), words)
  })

  test('an envelope of the encrypted store is named and left as it is', async () => {
    const store = make()
    const keys = [{ id: 'k', key: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=' }] as const
    await encryptedStore(store, { keys }).compareAndSet(KEY, undefined, WHOLE)
    for (const grant of [ACQUIRE, OF_A_PERSON]) {
      await expectKept(await setUp(grant, '', store), 'is encrypted and is left as it is')
    }
  })

  async function expectKept({ store, credential }: Awaited<ReturnType<typeof setUp>>, words: string) {
    const before = await store.get(KEY)
    const unreadable = {
      code: 'record_unreadable',
      message: expect.stringContaining(`the record of the key ${KEY} ${words}`),
    }
    await expect(credential.getToken()).rejects.toMatchObject(unreadable)
    await expect(credential.status()).rejects.toMatchObject(unreadable)
    await expect(storeSignIn(credential, SIGN_IN)).rejects.toMatchObject(unreadable)
    await expect(credential.signOut()).rejects.toMatchObject(unreadable)
    await expect(checkRecord(store, KEY)).rejects.toMatchObject({ ...unreadable, damaged: undefined })
    const { version, value } = await store.get(KEY)
    expect([version, value]).toEqual([before.version, before.value])
  }
})

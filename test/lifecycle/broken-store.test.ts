import {
  type CredentialErrorCode,
  createTokenCredential,
  memoryStore,
  type TokenGrant,
  type TokenStore,
} from '@valetkey/core'
import { CredentialError, invalidOption, storeSignIn } from '@valetkey/core/kit'
import { virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'

const ACQUIRE_ONLY: TokenGrant = { acquire: async () => ({ accessToken: 'issued', expiresIn: 3600 }) }
const KEYED: TokenGrant = { ...ACQUIRE_ONLY, secrets: async () => 's3cret' }
const OF_A_PERSON: TokenGrant = { refresh: async () => ({ accessToken: 'refreshed', refreshToken: 'r2' }) }

function setUp(grant: TokenGrant, change: (inner: TokenStore) => Partial<TokenStore>) {
  const clock = virtualClock()
  const inner = memoryStore({ clock })
  const store: TokenStore = { ...inner, ...change(inner) }
  const definition = { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['broken'], grant }
  const credential = createTokenCredential(definition, { clock, store })
  const problems: string[] = []
  credential.on('store_degraded', ({ reason }) => problems.push(reason))
  return { clock, inner, credential, problems }
}

describe('a store that only a person can mend', () => {
  const mistake = () => Promise.reject(invalidOption('@acme/store', 'table', 'names no table: create it'))
  const loud = {
    code: 'store_unavailable' satisfies CredentialErrorCode,
    message: expect.stringContaining('[@acme/store] "table" names no table: create it'),
  }

  test.each([
    ['client credentials, at the read', ACQUIRE_ONLY, { get: mistake }],
    ['client credentials, at the write', ACQUIRE_ONLY, { compareAndSet: mistake }],
    ['secrets in the key, at the read', KEYED, { get: mistake }],
    ['secrets in the key, at the write', KEYED, { compareAndSet: mistake }],
    ['a person', OF_A_PERSON, { get: mistake }],
  ])('ends the first call with its words, and no token is obtained: %s', async (_, grant, broken) => {
    const { credential, problems } = setUp(grant, () => broken)
    await expect(credential.getToken()).rejects.toMatchObject(loud)
    expect(problems).toEqual([loud.message])
  })

  test('ends a sign-in, a sign-out and a look at the status at once', async () => {
    const { credential } = setUp(OF_A_PERSON, () => ({ get: mistake }))
    await expect(storeSignIn(credential, { accessToken: 'a', refreshToken: 'r' })).rejects.toMatchObject(loud)
    await expect(credential.signOut()).rejects.toMatchObject(loud)
    await expect(credential.status()).rejects.toMatchObject(loud)
  })

  test('takes no token away that is still good', async () => {
    const state = { isBroken: false }
    const { clock, credential } = setUp(ACQUIRE_ONLY, (inner) => ({
      get: (key) => (state.isBroken ? mistake() : inner.get(key)),
    }))
    await credential.getToken()
    state.isBroken = true
    await clock.advance(1_800_000)
    expect((await credential.getToken()).accessToken).toBe('issued')
  })

  test('an outage is still bridged', async () => {
    const down = () => Promise.reject(new Error('connection refused'))
    const { clock, credential, problems } = setUp(ACQUIRE_ONLY, () => ({ get: down }))
    expect((await clock.runUntil(credential.getToken(), 1_000)).accessToken).toBe('issued')
    expect(problems).toEqual(['no answer'])
  })
})

describe('a record that nobody can read', () => {
  const WHERE = '/var/lib/app/1.record is empty'

  /** What the store holds of each key is damaged until it is written. */
  function damaged(isReplaceable: boolean) {
    return (inner: TokenStore): Partial<TokenStore> => {
      const written = new Set<string>()
      const lost = (now: number) => {
        const details = isReplaceable ? { damaged: { now, version: 'damaged' } } : {}
        return new CredentialError('record_unreadable', WHERE, { vendor: 'store-acme', ...details })
      }
      return {
        async get(key) {
          const read = await inner.get(key)
          if (!written.has(key)) throw lost(read.now)
          return read
        },
        async compareAndSet(key, expected, value, options) {
          if (!written.has(key) && expected !== 'damaged') throw lost(0)
          const result = await inner.compareAndSet(key, written.has(key) ? expected : undefined, value, options)
          written.add(key)
          return result
        },
      }
    }
  }

  test.each([
    ['client credentials', ACQUIRE_ONLY],
    ['secrets in the key', KEYED],
  ])('and whose place may be taken costs %s one token', async (_, grant) => {
    const { credential } = setUp(grant, damaged(true))
    expect((await credential.getToken()).accessToken).toBe('issued')
    expect(await credential.status()).toMatchObject({ state: 'ready' })
  })

  test('of a person names its place, until a new sign-in takes it', async () => {
    const { credential } = setUp(OF_A_PERSON, damaged(true))
    const unreadable = { code: 'record_unreadable', message: `acme: the stored record cannot be read (${WHERE})` }
    await expect(credential.getToken()).rejects.toMatchObject(unreadable)
    await expect(credential.status()).rejects.toMatchObject(unreadable)
    await storeSignIn(credential, { accessToken: 'signed-in', refreshToken: 'r', expiresIn: 3600 })
    expect((await credential.getToken()).accessToken).toBe('signed-in')
  })

  test('and must stay is named and left as it is, by everything', async () => {
    for (const grant of [ACQUIRE_ONLY, KEYED, OF_A_PERSON]) {
      const { inner, credential } = setUp(grant, damaged(false))
      const unreadable = { code: 'record_unreadable', message: expect.stringContaining(WHERE) }
      await expect(credential.getToken()).rejects.toMatchObject(unreadable)
      await expect(storeSignIn(credential, { accessToken: 'a' })).rejects.toMatchObject(unreadable)
      await expect(credential.signOut()).rejects.toMatchObject(unreadable)
      expect(await Array.fromAsync(inner.list?.() ?? [])).toEqual([])
    }
  })
})

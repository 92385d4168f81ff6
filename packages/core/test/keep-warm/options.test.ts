import { describe, expect, test } from 'vitest'
import { CredentialError } from '../../src/errors.ts'
import {
  type CredentialOptions,
  createTokenCredential,
  memoryStore,
  type TokenCredential,
  type TokenStore,
} from '../../src/index.ts'
import { keepWarm, warmOnce } from '../../src/keep-warm.ts'
import { type Clock, systemClock } from '../../src/time.ts'

/** No sleep ends, but when its signal aborts. */
const clock: Clock = {
  ...systemClock,
  sleep: (_ms, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
}
const refresh = async () => ({ accessToken: 'a', refreshToken: 'r' })

function credentialOf(options: CredentialOptions = {}): TokenCredential {
  const definition = { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['warm'], grant: { refresh } }
  return createTokenCredential(definition, { clock, ...options })
}

/** Of all accounts of its store. */
function withFor(store: TokenStore): TokenCredential {
  return { ...credentialOf({ store }), for: (account: string) => credentialOf({ store, account }) } as TokenCredential
}

const keyOf = (account: unknown, ...more: unknown[]) => JSON.stringify(['vk1', 'acme', 'warm', ...more, account])

async function storeWith(...keys: readonly string[]): Promise<TokenStore> {
  const store = memoryStore({ clock })
  for (const key of keys) await store.compareAndSet(key, undefined, 'x')
  return store
}

const accountsOf = async (credential: TokenCredential, options: object = {}) =>
  (await warmOnce(credential, options)).map(({ account }) => account).toSorted()

describe('an option of keepWarm that is none is named', () => {
  const NO_TIME = 'must be a number of milliseconds, 0 or more'
  const NO_ACCOUNTS = '"accounts" must be an array of non-empty strings, or a function that gives one'

  test.each<[object, string]>([
    [{ everyMs: 999 }, '"everyMs" must be at least 1000'],
    [{ everyMs: -1 }, `"everyMs" ${NO_TIME}`],
    [{ beforeMs: 0 }, '"beforeMs" must be above 0'],
    [{ beforeMs: 'soon' }, `"beforeMs" ${NO_TIME}`],
    [{ idleMs: 0 }, '"idleMs" must be a number of milliseconds above 0, or Infinity'],
    [{ idleMs: '5' }, '"idleMs" must be a number of milliseconds above 0, or Infinity'],
    [{ accounts: 'ann' }, NO_ACCOUNTS],
    [{ accounts: ['ann', ''] }, NO_ACCOUNTS],
    [{ accounts: ['ann', 7] }, NO_ACCOUNTS],
    [{ accounts: ['ann'] }, '"accounts" needs a credential with "for": the one of acme has none'],
    ...(['now', 'monotonic', 'sleep', 'random'] as const).map((name): [object, string] => [
      { clock: { ...clock, [name]: undefined } },
      '"clock" must be a clock',
    ]),
  ])('%j: %s', (options, message) => {
    expect(() => keepWarm(credentialOf(), options)).toThrow(`[@valetkey/core] ${message}`)
  })

  test('for one pass, too', async () => {
    const force = warmOnce(credentialOf(), { force: 'yes' as never })
    await expect(force).rejects.toThrow('[@valetkey/core] "force" must be true or false')
    const given = warmOnce(withFor(memoryStore({ clock })), { accounts: () => [''] })
    await expect(given).rejects.toThrow('"accounts" must be an array of non-empty strings')
  })

  test.each([undefined, {}, { renew() {}, on() {} }])('in place of a credential: %j', (given) => {
    const message =
      '[@valetkey/core] "credentials" must be a token credential, or an array of them; for a resource, pass the credential of its grant'
    expect(() => keepWarm(given as never)).toThrow(message)
  })

  test('of a store that lists nothing', () => {
    const { list: _, ...store } = memoryStore({ clock })
    const message = '[@valetkey/core] "accounts" is required: the store cannot list what it holds'
    expect(() => keepWarm(withFor(store))).toThrow(message)
  })

  test('and others are taken', async () => {
    const options = { everyMs: 1_000, beforeMs: 0.5, idleMs: Number.POSITIVE_INFINITY, clock }
    await keepWarm(credentialOf(), options).close()
    await keepWarm(withFor(memoryStore({ clock })), { accounts: ['ann'] }).close()
    const { list: _, ...store } = memoryStore({ clock })
    await keepWarm(withFor(store), { accounts: ['ann'] }).close()
    await keepWarm(credentialOf({ store })).close()
    await expect(keepWarm([]).close({ timeoutMs: -1 })).rejects.toThrow('"timeoutMs"')
  })
})

describe('the accounts that are looked at', () => {
  test('are those of the credentials, each once', async () => {
    const store = memoryStore({ clock })
    const of = (account: string) => credentialOf({ store, account })
    const looked = await warmOnce([of('ann'), of('bob'), of('ann')])
    expect(looked).toEqual([
      { vendor: 'acme', account: 'ann', outcome: 'signed_out' },
      { vendor: 'acme', account: 'bob', outcome: 'signed_out' },
    ])
    expect(await warmOnce([of('ann'), credentialOf({ account: 'ann' })])).toHaveLength(2)
  })

  test('are those whose keys the store lists, and no others', async () => {
    const store = await storeWith(
      keyOf('ann'),
      keyOf('bob'),
      keyOf('of another identity', 'more'),
      keyOf(7),
      JSON.stringify(['vk1', 'acme', 'ann']),
      JSON.stringify(['vk1', 'acme', 'cold', 'ann-2']),
      JSON.stringify({ 0: 'vk1', length: 4 }),
      'no JSON',
    )
    expect(await accountsOf(withFor(store))).toEqual(['ann', 'bob'])
  })

  test('are those that are given, or that a function gives', async () => {
    const credential = withFor(await storeWith(keyOf('ann')))
    expect(await accountsOf(credential, { accounts: ['bob'] })).toEqual(['bob'])
    expect(await accountsOf(credential, { accounts: async () => ['eve'] })).toEqual(['eve'])
    expect(await accountsOf(withFor(memoryStore({ clock })))).toEqual([])
  })
})

describe('a store that cannot list', () => {
  const listing = (fail: () => AsyncIterable<string>) => warmOnce(withFor({ ...memoryStore({ clock }), list: fail }))
  const failing = (error: Error) =>
    async function* (): AsyncGenerator<string> {
      yield keyOf('ann')
      throw error
    }

  test('says so, in its own words where it has some', async () => {
    await expect(listing(failing(new Error('password of ann')))).rejects.toMatchObject({
      code: 'store_unavailable',
      vendor: 'acme',
      message: 'acme: the token store cannot list its accounts (no answer)',
    })
    const own = new CredentialError('store_unavailable', 'read-only', { vendor: 'file' })
    await expect(listing(failing(own))).rejects.toBe(own)
  })

  test('is waited for a minute', async () => {
    const waited: number[] = []
    const hasty: Clock = { ...clock, monotonic: () => 0, sleep: async (ms) => void waited.push(ms) }
    const store = {
      ...memoryStore({ clock }),
      list: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }),
    }
    const looking = warmOnce(withFor(store), { clock: hasty })
    await expect(looking).rejects.toThrow('acme: the token store cannot list its accounts (no answer)')
    expect(waited).toEqual([60_000])
  })
})

test('an abort that has come already, or comes later, closes', async () => {
  const leaving = new AbortController()
  const early = keepWarm(credentialOf(), { signal: AbortSignal.abort() })
  const late = keepWarm(credentialOf(), { signal: leaving.signal })
  leaving.abort()
  for (const warm of [early, late]) await warm.close()
  expect(Object.isFrozen(early)).toBe(true)
})

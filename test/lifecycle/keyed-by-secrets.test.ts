import {
  type CredentialOptions,
  createTokenCredential,
  GrantError,
  isCredentialError,
  memoryStore,
  type TokenCredential,
  type TokenGrant,
  type TokenStore,
} from '@valetkey/core'
import { storeSignIn } from '@valetkey/core/kit'
import { virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'

/** A grant of one's own that acquires by itself. */
function setUp() {
  const clock = virtualClock()
  const store = memoryStore({ clock })
  let calls = 0
  const acquire = async () => {
    calls += 1
    return { accessToken: `token-${calls}`, expiresIn: 3600 }
  }
  const connect = (secrets: TokenGrant['secrets'], options: CredentialOptions = {}): TokenCredential =>
    createTokenCredential(
      {
        vendor: 'acme',
        origins: ['https://api.acme.example'],
        identity: ['test'],
        grant: { acquire, ...(secrets && { secrets }) },
      },
      { clock, store: { ...store }, ...options },
    )
  return { clock, store, connect, calls: () => calls }
}

const tokenOf = async (credential: TokenCredential) => (await credential.getToken()).accessToken
const failing: Pick<TokenStore, 'get' | 'compareAndSet'> = {
  get: () => Promise.reject(new Error('down')),
  compareAndSet: () => Promise.reject(new Error('down')),
}

async function errorOf(work: Promise<unknown>) {
  return work.then(
    () => expect.fail('it should have been rejected'),
    (error: unknown) => (isCredentialError(error) ? error : expect.fail(String(error))),
  )
}

describe('a grant that names its secrets', () => {
  test('shares its tokens with who holds the same secrets, and with nobody else', async () => {
    const { connect, calls } = setUp()
    expect(await tokenOf(connect(async () => 'a'))).toBe('token-1')
    expect(await tokenOf(connect(async () => 'b'))).toBe('token-2')
    expect(await tokenOf(connect(async () => 'a'))).toBe('token-1')
    expect(calls()).toBe(2)
  })

  test('shares them with everybody by choice, for a store of one owner', async () => {
    const { connect } = setUp()
    const locked = () => Promise.reject(new Error('not kept'))
    await tokenOf(connect(async () => 'a', { keyedBy: 'identity' }))
    expect(await tokenOf(connect(locked, { keyedBy: 'identity' }))).toBe('token-1')
  })

  test('tells two credentials of one process apart too', async () => {
    const { connect, store } = setUp()
    const [a, b] = [connect(async () => 'a', { store }), connect(async () => 'b', { store })]
    const [ofA, ofB] = await Promise.all([tokenOf(a), tokenOf(b)])
    expect(ofA).not.toBe(ofB)
    expect([await tokenOf(a), await tokenOf(b)]).toEqual([ofA, ofB])
  })

  test('ends, signs in and tells the status of the record of its own secrets', async () => {
    const { connect } = setUp()
    const [a, b] = [connect(async () => 'a'), connect(async () => 'b')]
    await storeSignIn(a, { accessToken: 'given', expiresIn: 60 })
    expect(await b.status()).toEqual({ state: 'renewable' })
    await tokenOf(b)
    await b.signOut()
    expect(await a.status()).toMatchObject({ state: 'ready' })
    expect(await tokenOf(connect(async () => 'a'))).toBe('given')
  })

  test('with the store down, works for itself, and for its own later', async () => {
    const { connect, clock, store } = setUp()
    const down = { ...store, ...failing }
    const credential = connect(async () => 'a', { store: down })
    expect(await clock.runUntil(tokenOf(credential), 1_000)).toBe('token-1')
    Object.assign(down, store)
    await clock.advance(3_600_000)
    expect(await tokenOf(credential)).toBe('token-2')
    expect(await tokenOf(connect(async () => 'a'))).toBe('token-2')
  })

  test('signs out of what it had for itself while the store was down', async () => {
    const { connect, clock, store } = setUp()
    const down = { ...store, ...failing }
    const credential = connect(async () => 'a', { store: down })
    await clock.runUntil(credential.getToken(), 1_000)
    Object.assign(down, store)
    await credential.signOut()
    expect(await tokenOf(credential)).toBe('token-2')
  })

  test('signs out of what another secret obtained, once the secret has changed', async () => {
    const { connect } = setUp()
    let secret = 'a'
    const credential = connect(async () => secret)
    await credential.getToken()
    secret = 'b'
    await credential.signOut()
    expect(await tokenOf(credential)).toBe('token-2')
  })

  test('leaves a salt alone that it cannot read', async () => {
    const { connect, store, calls } = setUp()
    await store.compareAndSet('["vk1-salt"]', undefined, '{"v":2}')
    const credential = connect(async () => 'a')
    for (const work of [() => credential.getToken(), () => credential.status(), () => credential.signOut()]) {
      expect(await errorOf(work())).toMatchObject({ code: 'record_unreadable', vendor: 'acme' })
    }
    expect((await store.get('["vk1-salt"]')).value).toBe('{"v":2}')
    expect(calls()).toBe(0)
  })

  test('keeps one salt when many processes come first', async () => {
    const { connect, store, calls } = setUp()
    const all = Array.from({ length: 20 }, () => connect(async () => 'a'))
    expect(new Set(await Promise.all(all.map(tokenOf)))).toEqual(new Set(['token-1']))
    expect(calls()).toBe(1)
    expect(await Array.fromAsync(store.list?.() ?? [])).toHaveLength(2)
  })

  test('keeps nobody waiting longer than maxWaitMs for secrets that do not come, and lets callers leave', async () => {
    const { connect, clock } = setUp()
    const credential = connect(() => new Promise(() => {}), { maxWaitMs: 5_000 })
    const leaving = new AbortController()
    const left = credential.getToken({ signal: leaving.signal })
    const waiting = errorOf(credential.getToken())
    leaving.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    await clock.advance(5_000)
    expect(await waiting).toMatchObject({ code: 'timeout' })
  })

  test('goes on with the token in hand while its secrets cannot be read', async () => {
    const { connect, clock } = setUp()
    let locked = false
    const credential = connect(async () => (locked ? Promise.reject(new Error('locked')) : 'a'))
    await credential.getToken()
    locked = true
    await clock.advance(60_000)
    expect(await tokenOf(credential)).toBe('token-1')
    expect(await credential.status()).toMatchObject({ state: 'ready' })
  })

  test.each([
    [
      'in its own words',
      () => new GrantError({ kind: 'token_unavailable', sent: false, description: 'sealed' }),
      'sealed',
    ],
    ['and not in those of others, which may quote them', () => new Error('canary'), 'the secrets could not be read'],
  ])('tells why they cannot be read, %s', async (_, error, words) => {
    const { connect, clock } = setUp()
    const credential = connect(() => Promise.reject(error()))
    const told = await errorOf(credential.signOut())
    expect(told).toMatchObject({ code: 'token_unavailable', retryAt: clock.now() + 1_000 })
    expect(told.message).toContain(words)
    expect(await errorOf(credential.status())).toMatchObject({ code: 'token_unavailable' })
  })

  test('serves no caller that has given up, though it has a token', async () => {
    const { connect } = setUp()
    const credential = connect(async () => 'a')
    await credential.getToken()
    await expect(credential.getToken({ signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone')
  })
})

test('a grant that names no secrets shares its tokens with all of its identity', async () => {
  const { connect } = setUp()
  expect([await tokenOf(connect(undefined)), await tokenOf(connect(undefined))]).toEqual(['token-1', 'token-1'])
})

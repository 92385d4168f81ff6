import {
  type CredentialOptions,
  createTokenCredential,
  GrantError,
  memoryStore,
  type TokenCredential,
  type TokenGrant,
  type TokenSet,
  type TokenStore,
} from '@valetkey/core'
import { storeSignIn } from '@valetkey/core/kit'
import { virtualClock } from '@valetkey/testing'
import { expect, test } from 'vitest'

const HOUR_MS = 3_600_000
const ACCOUNT = { account: 'acct-9', host: 'https://acme.example' }

/** A vendor whose answers have these further members, in turn. */
function setUp(answers: readonly TokenSet['extra'][] = [], mode: 'acquire' | 'refresh' = 'refresh') {
  const clock = virtualClock()
  const memory = memoryStore({ clock })
  let isDown = false
  let reads = 0
  /** One for each process: credentials with one store share what memory holds. */
  const storeOfProcess = (): TokenStore => ({
    ...memory,
    async get(key) {
      reads += 1
      if (isDown) throw new Error('down')
      return memory.get(key)
    },
  })
  let calls = 0
  const answer = async (): Promise<TokenSet> => {
    calls += 1
    if (calls > answers.length) throw new GrantError({ kind: 'reauthorization_required', sent: true })
    const refreshToken = mode === 'refresh' ? `refresh-token-${calls}` : undefined
    return { accessToken: `access-token-${calls}`, refreshToken, expiresIn: 3600, extra: answers[calls - 1] }
  }
  const grant: TokenGrant = mode === 'refresh' ? { refresh: answer } : { acquire: answer }
  /** In another process. */
  const connect = (options: CredentialOptions = {}): TokenCredential =>
    createTokenCredential(
      { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['test'], grant },
      { clock, store: storeOfProcess(), ...options },
    )
  const credential = connect()
  const signIn = (extra: TokenSet['extra']) =>
    storeSignIn(credential, { accessToken: 'access-token-0', refreshToken: 'refresh-token-0', expiresIn: 3600, extra })
  const goDown = () => {
    isDown = true
  }
  return { clock, connect, credential, signIn, goDown, calls: () => calls, reads: () => reads }
}

test('details survive refreshes by a grant of one’s own that does not repeat them', async () => {
  const { credential, connect, signIn, clock } = setUp([undefined, { host: 'https://moved.example' }, {}])
  await signIn(ACCOUNT)
  for (let refreshes = 0; refreshes < 3; refreshes += 1) {
    await clock.advance(HOUR_MS)
    await credential.getToken()
  }
  const expected = { account: 'acct-9', host: 'https://moved.example' }
  expect({ ...(await credential.details()) }).toEqual(expected)
  expect({ ...(await connect().details()) }).toEqual(expected)
})

test('what is acquired without a person replaces the details as a whole', async () => {
  const { credential, clock } = setUp([ACCOUNT, { account: 'acct-10' }], 'acquire')
  expect({ ...(await credential.details()) }).toEqual(ACCOUNT)
  await clock.advance(HOUR_MS)
  await credential.getToken()
  expect({ ...(await credential.details()) }).toEqual({ account: 'acct-10' })
})

test('details of a fresh token cost no store read', async () => {
  const { credential, signIn, reads } = setUp()
  await signIn(ACCOUNT)
  await credential.getToken()
  const before = reads()
  expect({ ...(await credential.details()) }).toEqual(ACCOUNT)
  expect(reads()).toBe(before)
})

test('details can be read of a grant that has ended, and cost no token request', async () => {
  const { credential, connect, signIn, clock, calls } = setUp()
  await signIn(ACCOUNT)
  await clock.advance(HOUR_MS)
  await expect(credential.getToken()).rejects.toMatchObject({ code: 'reauthorization_required' })
  for (const one of [credential, connect()]) expect({ ...(await one.details()) }).toEqual(ACCOUNT)
  expect(calls()).toBe(1)
})

test('with a store that is down, details are those in memory, or the error of getToken', async () => {
  const { credential, connect, signIn, goDown } = setUp()
  await signIn(ACCOUNT)
  goDown()
  expect({ ...(await credential.details()) }).toEqual(ACCOUNT)
  await expect(connect({ maxWaitMs: 0 }).details()).rejects.toMatchObject({ code: 'timeout' })
})

test('a wait for details ends with its signal', async () => {
  const { credential } = setUp()
  const signal = AbortSignal.abort(new Error('left'))
  await expect(credential.details({ signal })).rejects.toThrow('left')
  const leaving = new AbortController()
  const details = credential.details({ signal: leaving.signal })
  leaving.abort(new Error('left'))
  await expect(details).rejects.toThrow('left')
})

test('details change with another process’s sign-in, and are gone with its sign-out', async () => {
  const { credential, connect, signIn, clock } = setUp()
  const reader = connect()
  await signIn(ACCOUNT)
  expect({ ...(await reader.details()) }).toEqual(ACCOUNT)
  await signIn({ account: 'acct-10' })
  await clock.advance(HOUR_MS)
  expect({ ...(await reader.details()) }).toEqual({ account: 'acct-10' })
  await credential.signOut()
  await expect(reader.details()).rejects.toMatchObject({ code: 'not_signed_in' })
})

test('details survive in a record whose "extra" 0.1.0 wrote, and show none where it wrote none', async () => {
  const clock = virtualClock()
  for (const extra of [undefined, ACCOUNT]) {
    const store = memoryStore({ clock })
    const key = '["vk1","acme","test","default"]'
    const tokens = { accessToken: 'a', tokenType: 'Bearer', issuedAt: clock.now(), refreshToken: 'r', extra }
    const record = { v: 1, key, generation: 7, setId: 'p1:1:1', tokens, writtenBy: 'p1:1:1', later: true }
    await store.compareAndSet(key, undefined, JSON.stringify(record))
    const { connect } = setUp([undefined])
    const credential = connect({ clock, store })
    expect({ ...(await credential.details()) }).toEqual(extra ?? {})
    const refused = await credential.authorization()
    await credential.renew(refused)
    const stored = JSON.parse((await store.get(key)).value ?? '{}')
    expect([stored.tokens.extra, stored.tokens.accessToken, stored.later]).toEqual([extra, 'access-token-1', true])
  }
})

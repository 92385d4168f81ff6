import { memoryStore, type TokenStore } from '@valetkey/core'
import { type VirtualClock, virtualClock } from '@valetkey/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { clientCredentials, type OAuthOptions, password } from '../src/index.ts'
import { complete } from './helpers/grants.ts'
import { callbackOf, errorOf, startSignInWorld } from './helpers/sign-in.ts'
import { sendAnswer, startTokenServer, type TokenServer } from './helpers/token-server.ts'

const HOUR_MS = 3_600_000
const RIGHT = 'right-secret'
const ALSO_RIGHT = 'right-secret-too'
const WRONG = 'canary-wrong-secret'

interface Vendor {
  readonly server: TokenServer
  readonly clock: VirtualClock
  readonly store: TokenStore
  readonly options: OAuthOptions
}

/** A vendor that numbers its tokens and gives none for `WRONG`. */
async function startVendor(refusal: { status: number; headers?: Record<string, string>; body?: object } = REJECTED) {
  const server = await startTokenServer((_, response) => {
    const { headers, body } = server.requests.at(-1) ?? { headers: {}, body: '' }
    const basic = (headers.authorization ?? '').replace('Basic ', '')
    if (`${body} ${atob(basic)}`.includes(WRONG)) return sendAnswer(response, refusal)
    return sendAnswer(response, { body: { access_token: `token-${server.requests.length}`, expires_in: 3600 } })
  })
  onTestFinished(() => server[Symbol.asyncDispose]())
  const clock = virtualClock()
  const store = memoryStore({ clock })
  const options = complete({ tokenUrl: server.tokenUrl, clock, store, clientSecret: RIGHT })
  return { server, clock, store, options }
}

const REJECTED = { status: 401, body: { error: 'invalid_client' } }

/** The same store, as another process has it. */
function elsewhere(store: TokenStore): TokenStore {
  return { ...store }
}

const USER = { username: 'skipper@example.com' }

/** How one customer's credential is made with a secret that is right or wrong. */
const GRANTS = [
  [
    'client credentials',
    ({ options }: Vendor, secret: string, store: TokenStore) =>
      clientCredentials({ ...options, store, clientSecret: secret }),
  ],
  [
    'a password',
    ({ options }: Vendor, secret: string, store: TokenStore) =>
      password({ ...options, ...USER, store, password: secret }),
  ],
  [
    'a password and a client secret',
    ({ options }: Vendor, secret: string, store: TokenStore) =>
      password({ ...options, ...USER, store, password: 'fine', clientSecret: secret }),
  ],
  [
    'a secret that is read',
    ({ options }: Vendor, secret: string, store: TokenStore) =>
      clientCredentials({ ...options, store, clientSecret: async () => secret }),
  ],
] as const

describe.each(GRANTS)('a stored token of %s', (_, connect) => {
  test.each(['the same', 'another'])('is not given to who has a wrong secret, in %s process', async (process) => {
    const vendor = await startVendor()
    const store = process === 'the same' ? vendor.store : elsewhere(vendor.store)
    await connect(vendor, RIGHT, vendor.store).getToken()
    expect(await errorOf(connect(vendor, WRONG, store).getToken())).toMatchObject({ code: 'client_rejected' })
    expect(vendor.server.requests).toHaveLength(2)
  })

  test('is there for its owner at no token call, whatever others tried', async () => {
    const vendor = await startVendor()
    const { accessToken } = await connect(vendor, RIGHT, vendor.store).getToken()
    for (const secret of [WRONG, `${WRONG}-2`, ALSO_RIGHT]) {
      await connect(vendor, secret, elsewhere(vendor.store))
        .getToken()
        .catch(() => undefined)
    }
    const before = vendor.server.requests.length
    const owner = connect(vendor, RIGHT, elsewhere(vendor.store))
    expect((await owner.getToken()).accessToken).toBe(accessToken)
    expect(vendor.server.requests).toHaveLength(before)
  })

  test('is renewed for its owner while the vendor lets somebody with a wrong secret wait', async () => {
    const vendor = await startVendor({ status: 429, headers: { 'retry-after': '3600' } })
    const owner = connect(vendor, RIGHT, vendor.store)
    await owner.getToken()
    expect(await errorOf(connect(vendor, WRONG, elsewhere(vendor.store)).getToken())).toMatchObject({
      code: 'token_unavailable',
    })
    await vendor.clock.advance(HOUR_MS)
    expect((await owner.getToken()).accessToken).toBe('token-3')
  })

  test('is one for each of two secrets while a rotation rolls out: no process replaces another’s', async () => {
    const vendor = await startVendor()
    const processes = [RIGHT, ALSO_RIGHT, RIGHT, ALSO_RIGHT, RIGHT, ALSO_RIGHT].map((secret) =>
      connect(vendor, secret, elsewhere(vendor.store)),
    )
    const lifetimes = 4
    for (let lifetime = 0; lifetime < lifetimes; lifetime += 1) {
      for (let use = 0; use < 3; use += 1) {
        for (const process of processes) await process.getToken()
        await vendor.clock.advance(60_000)
      }
      await vendor.clock.advance(HOUR_MS)
    }
    expect(vendor.server.requests).toHaveLength(2 * lifetimes)
  })
})

test('a stored token is served without reading the secret again', async () => {
  const { options } = await startVendor()
  let reads = 0
  const credential = clientCredentials({
    ...options,
    clientSecret: () => {
      reads += 1
      return RIGHT
    },
  })
  await credential.getToken()
  const before = reads
  for (let use = 0; use < 1000; use += 1) expect(credential.authorization()).not.toBeInstanceOf(Promise)
  expect(reads).toBe(before)
})

test('a secret that changes while the program runs acquires anew, and its token is not given for the old one', async () => {
  const vendor = await startVendor()
  const { options, clock, server } = vendor
  let secret = RIGHT
  const credential = clientCredentials({ ...options, clientSecret: () => secret })
  await credential.getToken()
  secret = ALSO_RIGHT
  await clock.advance(HOUR_MS)
  const { accessToken } = await credential.getToken()
  const old = clientCredentials({ ...options, store: elsewhere(vendor.store) })
  const corrected = clientCredentials({ ...options, store: elsewhere(vendor.store), clientSecret: ALSO_RIGHT })
  expect((await corrected.getToken()).accessToken).toBe(accessToken)
  expect((await old.getToken()).accessToken).not.toBe(accessToken)
  expect(server.requests).toHaveLength(3)
})

test('a secret that cannot be read is given nothing, and the error says which', async () => {
  const vendor = await startVendor()
  await clientCredentials(vendor.options).getToken()
  const locked = () => Promise.reject(new Error('canary: the vault is locked'))
  const credential = clientCredentials({ ...vendor.options, store: elsewhere(vendor.store), clientSecret: locked })
  const failing = errorOf(vendor.clock.runUntil(credential.getToken(), 2_000))
  expect(await failing).toMatchObject({
    code: 'token_unavailable',
    message: expect.stringContaining('"clientSecret" could not be read'),
  })
  expect(await errorOf(credential.status())).toMatchObject({ code: 'token_unavailable' })
  expect(await errorOf(credential.signOut())).toMatchObject({ code: 'token_unavailable' })
  expect(vendor.server.requests).toHaveLength(1)
})

test('a person stays signed in when the client secret rotates', async () => {
  const { credential, connect, store, clock, server } = await startSignInWorld()
  const { signIn } = await credential.beginSignIn()
  await credential.completeSignIn(callbackOf(signIn), signIn)
  const rotated = connect({ clientSecret: ALSO_RIGHT, store: elsewhere(store) })
  await rotated.getToken()
  expect(server.requests).toHaveLength(1)
  await clock.advance(HOUR_MS)
  await rotated.getToken()
  expect(server.requests.map(({ body }) => new URLSearchParams(body).get('grant_type'))).toEqual([
    'authorization_code',
    'refresh_token',
  ])
})

describe('what a store tells about secrets', () => {
  test('each guess costs 100,000 rounds of PBKDF2 with the salt of this store', async () => {
    const { options, store } = await startVendor()
    // Not known as a store that never leaves the process.
    const outside: TokenStore = { specVersion: 'v1', get: store.get, compareAndSet: store.compareAndSet }
    await password({ ...options, ...USER, store: outside, password: 'summer2026' }).getToken()
    const [saltKey, key] = await Array.fromAsync(store.list?.() ?? [])
    const { salt } = JSON.parse((await store.get(saltKey ?? '')).value ?? '')
    expect(salt).toMatch(/^[0-9a-f]{32}$/)
    const parts: unknown[] = JSON.parse(key ?? '')
    const tag = await pbkdf2(JSON.stringify([RIGHT, 'summer2026']), JSON.stringify([salt, ...parts.slice(0, -1)]))
    expect(parts.at(-1)).toEqual([tag])
  })

  test('the same secrets have another key in another store', async () => {
    const { options, clock } = await startVendor()
    const stores = [memoryStore({ clock }), memoryStore({ clock })]
    for (const store of stores) await clientCredentials({ ...options, store }).getToken()
    const keys = await Promise.all(stores.map((store) => Array.fromAsync(store.list?.() ?? [])))
    expect(keys[0]?.[1]).not.toBe(keys[1]?.[1])
  })

  test('a rejection says nothing more about the secrets that were refused', async () => {
    const { options, store } = await startVendor()
    await errorOf(clientCredentials({ ...options, clientSecret: WRONG }).getToken())
    const [, key] = await Array.fromAsync(store.list?.() ?? [])
    const { rejection } = JSON.parse((await store.get(key ?? '')).value ?? '')
    expect(Object.keys(rejection)).not.toContain('by')
    expect(Object.keys(rejection)).not.toContain('salt')
  })

  test('what wrong secrets leave is kept for a day, an access token for a day after its end', async () => {
    const { options, store } = await startVendor()
    const retained = new Map<string, (number | undefined)[]>()
    const watching: TokenStore = {
      ...store,
      compareAndSet(key, expected, value, write) {
        retained.set(key, [...(retained.get(key) ?? []), write?.retainMs])
        return store.compareAndSet(key, expected, value, write)
      },
    }
    await errorOf(clientCredentials({ ...options, store: watching, clientSecret: WRONG }).getToken())
    await clientCredentials({ ...options, store: watching }).getToken()
    const dayMs = 24 * HOUR_MS
    expect([...retained.values()]).toEqual([[undefined], [dayMs, dayMs], [dayMs, HOUR_MS + dayMs]])
  })
})

async function pbkdf2(text: string, salt: string): Promise<string> {
  const bytes = (from: string) => new TextEncoder().encode(from)
  const key = await crypto.subtle.importKey('raw', bytes(text), 'PBKDF2', false, ['deriveBits'])
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: bytes(salt), iterations: 100_000 }
  return Buffer.from(await crypto.subtle.deriveBits(how, key, 128)).toString('hex')
}

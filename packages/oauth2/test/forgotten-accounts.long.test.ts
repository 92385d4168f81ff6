import type { ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { TokenStore } from '@valetkey/core'
import { describe, expect, test } from 'vitest'
import { authorizationCode, type SignInCredential } from '../src/index.ts'
import { ACCESS_TOKEN, signIn, startSignInWorld, TOKENS } from './helpers/sign-in.ts'
import { withResolvers } from './helpers/with-resolvers.ts'

const HOUR_MS = 3_600_000

setFlagsFromString('--expose-gc')
const gc: (options: { readonly type: 'major'; readonly execution: 'async' }) => Promise<void> = runInNewContext('gc')

/** Collects what nobody holds, outside of every call: what is on a stack may be held. Finalizers run in the next turn. */
async function collectGarbage(): Promise<void> {
  await gc({ type: 'major', execution: 'async' })
  await setImmediate()
}

/** How many collections it may take until the finalizers of all that is gone have run. */
const ROUNDS = 50

async function collectGarbageUntil(isGone: () => boolean): Promise<void> {
  for (let round = 0; round < ROUNDS && !isGone(); round += 1) await collectGarbage()
}

/** As in the source: credentials of so many accounts are kept that nobody holds. */
const KEPT_LIMIT = 1_000

function askForOthers(credential: SignInCredential, count = KEPT_LIMIT): void {
  for (let number = 0; number < count; number += 1) credential.for(`other-${number}`)
}

/** Somebody signs in, and their credential is held by nobody: this function's variables are gone, and others were asked for since. */
async function signInAndForget(credential: SignInCredential, account: string): Promise<WeakRef<SignInCredential>> {
  const forgotten = credential.for(account)
  await signIn(forgotten)
  askForOthers(credential)
  return new WeakRef(forgotten)
}

describe('an account that nobody holds', () => {
  test('is not kept: a server may have very many', async () => {
    const { credential } = await startSignInWorld()
    credential.on('refreshed', () => {})
    const ida = await signInAndForget(credential, 'ida')
    await collectGarbageUntil(() => ida.deref() === undefined)
    expect(ida.deref()).toBeUndefined()
  })

  test('is kept until a thousand others were asked for', async () => {
    const { credential } = await startSignInWorld()
    const ida = new WeakRef(credential.for('ida'))
    askForOthers(credential, KEPT_LIMIT - 1)
    for (let round = 0; round < ROUNDS; round += 1) await collectGarbage()
    expect(ida.deref()).toBe(credential.for('ida'))
  })

  test('is the same as before when it is asked for again', async () => {
    const { credential, server } = await startSignInWorld()
    await signInAndForget(credential, 'ida')
    await collectGarbage()
    expect((await credential.for('ida').getToken()).accessToken).toBe(ACCESS_TOKEN)
    expect(server.requests).toHaveLength(1)
  })

  test('is heard by listeners when it is asked for again, until they are removed', async () => {
    const { credential, clock } = await startSignInWorld()
    const heard: string[] = []
    const stop = credential.on('refreshed', ({ account }) => heard.push(account))
    await signInAndForget(credential, 'ida')
    const refresh = async () => {
      await collectGarbage()
      await clock.advance(HOUR_MS)
      await credential.for('ida').getToken()
    }
    await refresh()
    await refresh()
    stop()
    await refresh()
    expect(heard).toEqual(['ida', 'ida'])
  })

  test('is waited for by close() while it is refreshed in the background', async () => {
    const order: string[] = []
    const asked = withResolvers<ServerResponse>()
    const { credential, clock } = await startSignInWorld((_request, response) => {
      if (order.push('asked') === 1) response.end(JSON.stringify(TOKENS))
      else asked.resolve(response)
    })
    await signInAndForget(credential, 'ida')
    await clock.advance(HOUR_MS - 10_000)
    void credential.for('ida').authorization()
    const response = await asked.promise
    await collectGarbage()
    const closed = credential.close().then(() => order.push('closed'))
    await collectGarbage()
    order.push('answered')
    response.end(JSON.stringify(TOKENS))
    await closed
    expect(order).toEqual(['asked', 'asked', 'answered', 'closed'])
  })
})

test('an account that somebody holds has the same tokens in a credential that is made again', async () => {
  const { credential, server } = await startSignInWorld()
  const ida = credential.for('ida')
  await signIn(ida)
  askForOthers(credential)
  const again = credential.for('ida')
  expect(again).not.toBe(ida)
  expect(await again.getToken()).toEqual(await ida.getToken())
  expect(server.requests).toHaveLength(1)
})

/** Everybody has signed in at another process. */
const elsewhere: TokenStore = {
  specVersion: 'v1',
  async get(key) {
    const now = Date.now()
    const tokens = { accessToken: `token of ${key}`.replaceAll(/[^a-z]/g, '-'), tokenType: 'Bearer', issuedAt: now }
    return {
      now,
      version: '1',
      value: JSON.stringify({ v: 1, key, generation: 1, setId: '1', tokens, writtenBy: '1' }),
    }
  },
  compareAndSet: async () => ({ ok: false }),
}

test('an account in use takes less than 2 kB of memory', async () => {
  const credential = authorizationCode({
    vendor: 'acme',
    origins: ['https://api.acme.example'],
    tokenUrl: 'https://login.acme.example/token',
    authorizationUrl: 'https://login.acme.example/authorize',
    clientId: 'client',
    redirectUri: 'https://app.example/callback',
    store: elsewhere,
  })
  const held: SignInCredential[] = []
  const use = async (count: number): Promise<number> => {
    for (let number = 0; number < count; number += 1) {
      const account = credential.for(`user-${held.length}`)
      await account.authorization()
      held.push(account)
    }
    for (let round = 0; round < 5; round += 1) await collectGarbage()
    return process.memoryUsage().heapUsed
  }
  const before = await use(500)
  const bytes = (await use(3_000)) - before
  expect(bytes / 3_000).toBeLessThan(2_000)
})

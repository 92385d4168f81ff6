import { inspect } from 'node:util'
import type { TokenStore } from '@valetkey/core'
import { CredentialError } from '@valetkey/core/kit'
import { findLeaks } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import type { PendingSignIn } from '../src/index.ts'
import { CLIENT_SECRET } from './helpers/grants.ts'
import {
  ACCESS_TOKEN,
  CODE,
  callbackOf,
  errorOf,
  REFRESH_TOKEN,
  signIn,
  startSignInWorld,
  TOKENS,
} from './helpers/sign-in.ts'
import { withResolvers } from './helpers/with-resolvers.ts'

const show = (value: unknown) => inspect(value, { depth: 9, showHidden: true, customInspect: false })

function leaks(value: unknown, { state, codeVerifier = '' }: PendingSignIn): string[] {
  const secrets = [CLIENT_SECRET, CODE, state, codeVerifier, ACCESS_TOKEN, REFRESH_TOKEN].filter(Boolean)
  return findLeaks(value, secrets, show)
}

describe('no secret of a sign-in shows (S6, S8)', () => {
  test.each([
    ['an error of the vendor', 400, 'invalid_grant'],
    ['a refusal of the client', 401, 'invalid_client'],
    ['an outage', 503, 'server_error'],
  ])('after %s that says all it knows', async (_, status, error) => {
    let known = ''
    const { credential } = await startSignInWorld((request, response) => {
      const error_description = `${request.headers.authorization} ${known}`
      response.writeHead(status).end(JSON.stringify({ error, error_description }))
    })
    const { signIn: pending } = await credential.beginSignIn()
    known = [CODE, pending.codeVerifier, pending.state].join(' ')
    const failure = await errorOf(credential.completeSignIn(callbackOf(pending), pending))
    expect(failure).toBeInstanceOf(CredentialError)
    expect(leaks(failure, pending)).toEqual([])
  })

  test('after a callback that says them in its error', async () => {
    const { credential } = await startSignInWorld()
    const { signIn: pending } = await credential.beginSignIn()
    const { state, codeVerifier = '' } = pending
    const callback = callbackOf(pending, {
      code: CODE,
      error: codeVerifier,
      error_description: `${CODE} ${state} ${codeVerifier}`,
    })
    const failure = await errorOf(credential.completeSignIn(callback, pending))
    expect(failure).toMatchObject({ code: 'sign_in_failed' })
    expect(leaks(failure, pending)).toEqual([])
  })

  test('after a callback and an answer that say them, without PKCE', async () => {
    let known = ''
    const { credential } = await startSignInWorld(
      (request, response) => {
        const error_description = `${request.headers.authorization} ${known}`
        response.writeHead(400).end(JSON.stringify({ error: 'invalid_grant', error_description }))
      },
      { pkce: false },
    )
    const { signIn: first } = await credential.beginSignIn()
    const callback = callbackOf(first, {
      error: first.state,
      error_description: `no ${CODE} ${first.state}`,
      code: CODE,
    })
    const refused = await errorOf(credential.completeSignIn(callback, first))
    expect(refused.message).toContain('***')
    const { signIn: second } = await credential.beginSignIn()
    known = [CODE, second.state].join(' ')
    const failure = await errorOf(credential.completeSignIn(callbackOf(second), second))
    expect(failure.message).toContain('***')
    expect([...leaks(refused, first), ...leaks(failure, second)]).toEqual([])
  })

  test('after a callback that is not ours', async () => {
    const { credential } = await startSignInWorld()
    const { signIn: pending } = await credential.beginSignIn()
    const { signIn: other } = await credential.beginSignIn()
    const failure = await errorOf(credential.completeSignIn(callbackOf(pending), other))
    expect([...leaks(failure, pending), ...leaks(failure, other)]).toEqual([])
  })

  test('in the credential, its status or its token, nor outside of the tokens in the store', async () => {
    const { credential, store, clock } = await startSignInWorld()
    const { signIn: pending } = await credential.beginSignIn()
    await credential.completeSignIn(callbackOf(pending), pending)
    const seen = [credential, credential.for('ida'), await credential.status(), await credential.getToken()]
    expect(leaks(seen, pending)).toEqual([])
    for await (const key of store.list?.() ?? []) {
      const { value = '' } = await store.get(key)
      const isOfTokens = key.startsWith('["vk1",')
      expect(findLeaks({ key, value }, [CODE, pending.state, pending.codeVerifier ?? '', CLIENT_SECRET])).toEqual([])
      expect(value.includes(ACCESS_TOKEN)).toBe(isOfTokens)
    }
    expect(clock.now()).toBeLessThan(pending.expiresAt)
  })
})

/** A store with a method of its own in place of the other's. */
function storeWith(store: TokenStore, changes: Partial<TokenStore>): TokenStore {
  return { ...store, ...changes }
}

describe('a store that fails', () => {
  test('before the sign-in is marked as used costs no code', async () => {
    const { connect, store, server } = await startSignInWorld()
    const fails = () => Promise.reject(new Error('canary of a connection text'))
    for (const changes of [{ get: fails }, { compareAndSet: fails }]) {
      const credential = connect({ store: storeWith(store, changes) })
      const { signIn: pending } = await credential.beginSignIn()
      const error = await errorOf(credential.completeSignIn(callbackOf(pending), pending))
      expect(error).toMatchObject({ code: 'store_unavailable', vendor: 'acme', isRetryable: true })
      expect(error.message).toBe('acme: the token store cannot be used')
      expect(findLeaks(error, ['canary'], show)).toEqual([])
    }
    expect(server.requests).toEqual([])
  })

  test('that marked it all the same, and said that it had not, does not stop the sign-in', async () => {
    const { connect, store } = await startSignInWorld()
    let isFirst = true
    const compareAndSet: TokenStore['compareAndSet'] = async (...change) => {
      const written = await store.compareAndSet(...change)
      if (!isFirst) return written
      isFirst = false
      throw new Error('the answer got lost')
    }
    const credential = connect({ store: storeWith(store, { compareAndSet }) })
    await signIn(credential)
    expect(await credential.status()).toMatchObject({ state: 'ready' })
  })

  test.each([true, false])(
    'when another process completes the sign-in first spends the code once, whether its refusal arrives: %j',
    async (arrives) => {
      const { connect, credential, store, server } = await startSignInWorld()
      const compareAndSet: TokenStore['compareAndSet'] = async (...change) => {
        await credential.completeSignIn(callbackOf(pending), pending)
        if (!arrives) throw new Error('the answer got lost')
        return store.compareAndSet(...change)
      }
      const late = connect({ store: storeWith(store, { compareAndSet }) })
      const { signIn: pending } = await late.beginSignIn()
      const error = await errorOf(late.completeSignIn(callbackOf(pending), pending))
      expect(error).toMatchObject({ reason: 'already_used' })
      expect(server.requests).toHaveLength(1)
    },
  )

  test('that holds the record of another key refuses it and asks for nothing', async () => {
    const { connect, store, server } = await startSignInWorld()
    const unreadable = new CredentialError('record_unreadable', 'another key', { vendor: 'acme' })
    const credential = connect({ store: storeWith(store, { get: () => Promise.reject(unreadable) }) })
    const { signIn: pending } = await credential.beginSignIn()
    const error = await errorOf(credential.completeSignIn(callbackOf(pending), pending))
    expect([error.code, server.requests]).toEqual(['record_unreadable', []])
  })
})

describe('the mark of a used sign-in', () => {
  test('may leave the store after ten minutes', async () => {
    const { connect, store } = await startSignInWorld()
    const retained: unknown[] = []
    const compareAndSet: TokenStore['compareAndSet'] = (key, expected, value, options) => {
      if (key.startsWith('["vk1-state",')) retained.push(options?.retainMs)
      return store.compareAndSet(key, expected, value, options)
    }
    await signIn(connect({ store: storeWith(store, { compareAndSet }) }))
    expect(retained).toEqual([600_000])
  })
})

describe('a sign-in', () => {
  test('wins over a refresh that began before, and its tokens stay', async () => {
    const { promise: begun, resolve: begin } = withResolvers()
    const { promise: released, resolve: release } = withResolvers()
    let count = 0
    const { credential, clock } = await startSignInWorld((_request, response) => {
      count += 1
      const isRefresh = count === 2
      const finish = () => response.end(JSON.stringify({ ...TOKENS, access_token: `token-${count}-${isRefresh}` }))
      if (!isRefresh) return finish()
      begin()
      void released.then(finish)
    })
    await signIn(credential)
    await clock.advance(3_600_000)
    const refreshing = credential.getToken()
    await begun
    await signIn(credential)
    release()
    await refreshing
    expect((await credential.getToken()).accessToken).toBe('token-3-false')
  })
})

import { describe, expect, test } from 'vitest'
import { callbackOf, errorOf, REDIRECT_URI, signIn, startSignInWorld } from './helpers/sign-in.ts'

const HOUR_MS = 3_600_000

/** A vendor that gives everybody tokens of their own. */
async function startWorld() {
  let count = 0
  return startSignInWorld((_request, response) => {
    count += 1
    const body = { access_token: `token-${count}`, refresh_token: `refresh-${count}`, expires_in: 3600 }
    response.end(JSON.stringify(body))
  })
}

describe('the accounts of one credential', () => {
  test('have tokens of their own', async () => {
    const { credential } = await startWorld()
    const [ida, ove] = [credential.for('ida'), credential.for('ove')]
    await signIn(ida)
    await signIn(ove)
    expect([ida.account, ove.account]).toEqual(['ida', 'ove'])
    expect([(await ida.getToken()).accessToken, (await ove.getToken()).accessToken]).toEqual(['token-1', 'token-2'])
    expect(await errorOf(credential.getToken())).toMatchObject({ code: 'not_signed_in', account: 'default' })
  })

  test.each([undefined, null, '', 0, Number.NaN, {}, []])(
    'need a name: %j is an error, and no account',
    async (none) => {
      const { credential, connect } = await startWorld()
      const problem = expect.objectContaining({ code: 'invalid_option', option: 'account' })
      expect(() => Reflect.apply(credential.for, undefined, [none])).toThrow(problem)
      expect(() => Reflect.apply(credential.for('ida').for, undefined, [none])).toThrow(problem)
      expect(() => Reflect.apply(connect, undefined, [{ account: none }])).toThrow(problem)
    },
  )

  test('are the same for the same name, also by way of another one and for the first', async () => {
    const { credential } = await startWorld()
    const ida = credential.for('ida')
    await signIn(ida)
    const others = [credential.for('ida'), credential.for('ove').for('ida')]
    for (const other of others) expect((await other.getToken()).accessToken).toBe('token-1')
    expect(credential.for('default')).toBe(credential)
  })

  test('are the same as those of another credential with the same store', async () => {
    const { credential, connect } = await startWorld()
    await signIn(credential.for('ida'))
    expect((await connect({ account: 'ida' }).getToken()).accessToken).toBe('token-1')
  })

  test('share the memory store that a credential without a store has', async () => {
    const { connect } = await startWorld()
    const credential = connect({ store: undefined })
    await signIn(credential.for('ida'))
    expect((await credential.for('ove').for('ida').getToken()).accessToken).toBe('token-1')
  })

  test('share listeners, whenever they were added, until they are removed', async () => {
    const { credential, clock } = await startWorld()
    const heard: string[] = []
    const ida = credential.for('ida')
    const stop = credential.on('refreshed', ({ account }) => heard.push(account))
    const ove = credential.for('ove')
    for (const each of [ida, ove]) await signIn(each)
    const refresh = async (...accounts: (typeof ida)[]) => {
      await clock.advance(HOUR_MS)
      for (const each of accounts) await each.getToken()
    }
    await refresh(ida, ove)
    expect(heard).toEqual(['ida', 'ove'])
    stop()
    const eva = credential.for('eva')
    await signIn(eva)
    await refresh(ida, ove, eva)
    expect(heard).toEqual(['ida', 'ove'])
  })

  test('let the runtime wait for the work of all', async () => {
    const { connect, clock } = await startWorld()
    const works: Promise<unknown>[] = []
    const ida = connect({ waitUntil: (work) => works.push(work) }).for('ida')
    await signIn(ida)
    await clock.advance(HOUR_MS)
    await ida.getToken()
    expect(works).toHaveLength(1)
  })

  test('may sign in at the same time', async () => {
    const { credential } = await startWorld()
    const accounts = ['ida', 'ove'].map(credential.for)
    const begun = await Promise.all(accounts.map((each) => each.beginSignIn()))
    await Promise.all(
      accounts.map((each, index) => {
        const pending = begun[index]?.signIn
        return pending && each.completeSignIn(callbackOf(pending), pending)
      }),
    )
    for (const each of accounts) expect(await each.status()).toMatchObject({ state: 'ready' })
  })

  test('are signed in once by a callback, and only the one that began', async () => {
    const { credential } = await startWorld()
    const [ida, ove] = [credential.for('ida'), credential.for('ove')]
    const { signIn: pending } = await ida.beginSignIn()
    await ida.completeSignIn(callbackOf(pending), pending)
    const again = (account: typeof ida) => errorOf(account.completeSignIn(callbackOf(pending), pending))
    expect(await again(ida)).toMatchObject({ reason: 'already_used', account: 'ida' })
    expect(await again(ove)).toMatchObject({ reason: 'other_credential', account: 'ove' })
  })

  test('are closed together, and stay usable', async () => {
    const { credential } = await startWorld()
    const ida = credential.for('ida')
    await signIn(ida)
    await credential.close()
    await ida[Symbol.asyncDispose]()
    expect(await ida.status()).toMatchObject({ state: 'ready' })
  })
})

describe('signing out', () => {
  test('ends one account, and a sign-in begins it anew', async () => {
    const { credential } = await startWorld()
    const [ida, ove] = [credential.for('ida'), credential.for('ove')]
    for (const each of [ida, ove]) await signIn(each)
    await ida.signOut()
    expect([await ida.status(), await ove.status()]).toMatchObject([{ state: 'signed_out' }, { state: 'ready' }])
    await signIn(ida)
    expect(await ida.status()).toMatchObject({ state: 'ready' })
  })
})

describe('the store key of a person’s tokens', () => {
  test('is endpoint, client, grant and account, whatever the scopes, the redirect URI and the secret are', async () => {
    const { credential, connect, store, server } = await startWorld()
    await signIn(credential)
    const other = connect({ scopes: ['read'], redirectUri: `${REDIRECT_URI}/other`, clientSecret: 'another' })
    expect((await other.getToken()).accessToken).toBe('token-1')
    const keys: string[] = []
    for await (const key of store.list?.() ?? []) keys.push(key)
    expect(keys).toContain(
      JSON.stringify(['vk1', 'acme', server.tokenUrl, 'boat-app', 'authorization_code', 'default']),
    )
    expect(keys.filter((key) => key.startsWith('["vk1",'))).toHaveLength(1)
  })
})

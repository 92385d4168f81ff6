import { describe, expect, test } from 'vitest'
import type { AuthorizationCodeOptions } from '../src/index.ts'
import { clientCredentials } from '../src/index.ts'
import { complete } from './helpers/grants.ts'
import { CODE, callbackOf, errorOf, REDIRECT_URI, startSignInWorld, TOKENS } from './helpers/sign-in.ts'
import { type PlannedAnswer, sendAnswer } from './helpers/token-server.ts'

const HOUR_MS = 3_600_000
const ACCOUNT = { account_id: 'acct-9', instance_url: 'https://acme.my.vendor.example' }

/** A vendor that gives these answers one after the other, the last one for ever. */
async function begun(bodies: readonly object[], options: Partial<AuthorizationCodeOptions> = {}) {
  const answers: PlannedAnswer[] = bodies.map((body) => ({ body }))
  const world = await startSignInWorld((_, response) => {
    sendAnswer(response, (answers.length > 1 ? answers.shift() : answers[0]) ?? {})
  }, options)
  const { signIn } = await world.credential.beginSignIn()
  const complete = (parameters: Readonly<Record<string, string>> = {}) =>
    world.credential.completeSignIn(callbackOf(signIn, { code: CODE, ...parameters }), signIn)
  const refreshed = async () => {
    await world.clock.advance(HOUR_MS)
    return world.credential.getToken()
  }
  return { ...world, signIn, complete, refreshed }
}

describe('what the vendor says beside the tokens', () => {
  test('can be read after the sign-in, and after refreshes that do not repeat it', async () => {
    const { complete, credential, refreshed } = await begun([
      { ...TOKENS, ...ACCOUNT, id_token: 'canary-id-token', x_refresh_token_expires_in: 8_726_400 },
      { ...TOKENS, access_token: 'second', x_refresh_token_expires_in: 8_700_000 },
      { ...TOKENS, access_token: 'third' },
    ])
    await complete()
    expect({ ...(await credential.details()) }).toEqual({ ...ACCOUNT, x_refresh_token_expires_in: 8_726_400 })
    await refreshed()
    expect((await refreshed()).accessToken).toBe('third')
    const details = await credential.details<typeof ACCOUNT>()
    expect({ ...details }).toEqual({ ...ACCOUNT, x_refresh_token_expires_in: 8_700_000 })
    expect(details.instance_url).toBe(ACCOUNT.instance_url)
  })

  test('is what "place" gets, after such a refresh too', async () => {
    const { complete, credential, refreshed } = await begun([{ ...TOKENS, ...ACCOUNT }, TOKENS], {
      place: ({ accessToken, extra }) => ({
        headers: { authorization: accessToken, 'x-account': `${extra?.account_id}` },
      }),
      carries: { headers: ['authorization', 'x-account'], query: [] },
    })
    await complete()
    await refreshed()
    expect((await credential.authorization()).headers['x-account']).toBe('acct-9')
  })

  test('costs no token request, also with an expired access token and in another process', async () => {
    const { complete, connect, clock, server } = await begun([{ ...TOKENS, ...ACCOUNT }])
    await complete()
    await clock.advance(30 * 24 * HOUR_MS)
    expect({ ...(await connect().details()) }).toEqual(ACCOUNT)
    expect(server.requests).toHaveLength(1)
  })

  test('of the next sign-in takes the place of all of it', async () => {
    const { complete, credential } = await begun([
      { ...TOKENS, ...ACCOUNT },
      { ...TOKENS, athlete: { id: 7 } },
    ])
    await complete({ realmId: '4620816365' })
    const { signIn } = await credential.beginSignIn()
    await credential.completeSignIn(callbackOf(signIn), signIn)
    expect(JSON.parse(JSON.stringify(await credential.details()))).toEqual({ athlete: { id: 7 } })
  })

  test('of a grant without a person is acquired where nothing is stored', async () => {
    const { server, store, clock } = await begun([{ access_token: 'access', ...ACCOUNT }])
    const credential = clientCredentials(complete({ tokenUrl: server.tokenUrl, store, clock }))
    expect({ ...(await credential.details()) }).toEqual(ACCOUNT)
    expect({ ...(await credential.details()) }).toEqual(ACCOUNT)
    expect(server.requests).toHaveLength(1)
  })

  test('is nobody’s before a sign-in and after a sign-out', async () => {
    const { complete, credential } = await begun([{ ...TOKENS, ...ACCOUNT }])
    expect(await errorOf(credential.details())).toMatchObject({ code: 'not_signed_in' })
    await complete()
    await credential.signOut()
    expect(await errorOf(credential.details())).toMatchObject({ code: 'not_signed_in' })
  })
})

describe('what the callback says beside the code', () => {
  test('is kept with what the token endpoint says, whose word counts', async () => {
    const { complete, credential, refreshed } = await begun([{ ...TOKENS, account_id: 'of the answer' }, TOKENS])
    await complete({ realmId: '4620816365', account_id: 'of the callback' })
    await refreshed()
    expect({ ...(await credential.details()) }).toEqual({ realmId: '4620816365', account_id: 'of the answer' })
  })

  test('is what "place" gets', async () => {
    const { complete, credential } = await begun([TOKENS], {
      place: ({ extra }) => ({ headers: { 'x-realm': `${extra?.realmId}` } }),
      carries: { headers: ['x-realm'], query: [] },
    })
    await complete({ realmId: '4620816365' })
    expect((await credential.authorization()).headers['x-realm']).toBe('4620816365')
  })

  test('and is read by standards, is the program’s own or a secret is left out', async () => {
    const redirectUri = `${REDIRECT_URI}?tenant=7`
    const { complete, credential, signIn } = await begun([TOKENS], { redirectUri })
    const standard = { scope: 'read', session_state: 'x', id_token: 'y', access_token: 'z', token_type: 'bearer' }
    const secrets = { a: signIn.state, b: signIn.codeVerifier ?? '', c: CODE }
    await complete({ ...standard, ...secrets, ['__proto__']: 'polluted', '': 'nameless', tenant: '7', shop: 'acme' })
    expect({ ...(await credential.details()) }).toEqual({ shop: 'acme' })
  })

  test('is bounded in number and length', async () => {
    const { complete, credential } = await begun([TOKENS])
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`n${i}`, `${i}`]))
    await complete({ long: 'x'.repeat(1025), ['n'.repeat(65)]: 'x', longest: 'x'.repeat(1024), ...many })
    const names = Object.keys(await credential.details())
    expect(names).toEqual(['longest', ...Array.from({ length: 15 }, (_, i) => `n${i}`)])
  })

  test('twice is not kept', async () => {
    const { credential, signIn } = await begun([TOKENS])
    const callback = callbackOf(signIn, { code: CODE, realmId: '1', shop: 'acme' })
    callback.searchParams.append('realmId', '2')
    await credential.completeSignIn(callback, signIn)
    expect({ ...(await credential.details()) }).toEqual({ shop: 'acme' })
  })

  test('with another state is kept nowhere, and changes nothing of who is signed in', async () => {
    const { complete, connect, credential, store } = await begun([TOKENS])
    await complete({ realmId: '4620816365' })
    const { signIn } = await credential.beginSignIn()
    const forged = callbackOf(signIn, { code: CODE, state: 'forged', realmId: 'canary-realm' })
    expect(await errorOf(credential.completeSignIn(forged, signIn))).toMatchObject({ reason: 'state_mismatch' })
    expect({ ...(await connect().details()) }).toEqual({ realmId: '4620816365' })
    for await (const key of store.list?.() ?? []) expect((await store.get(key)).value).not.toContain('canary-realm')
  })
})

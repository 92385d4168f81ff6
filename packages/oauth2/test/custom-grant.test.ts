import { findLeaks } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import type { CustomGrantOptions } from '../src/index.ts'
import { customGrant } from '../src/index.ts'
import type { ServiceVendor } from './helpers/service-vendor.ts'
import { inspectAll, startServiceVendor } from './helpers/service-vendor.ts'
import { errorOf } from './helpers/sign-in.ts'

const HOUR_MS = 3_600_000
const APP = { clientId: 'zoom-client', clientSecret: 'canary-zoom-secret' }
const SECRET = 'canary-app-secret'

/** A vendor that gives a token for each request. */
const startTaker = (answer: object = {}) =>
  startServiceVendor(({ token }) => ({ body: { access_token: token, expires_in: 3600, ...answer } }))

function custom(vendor: ServiceVendor, changes: Partial<CustomGrantOptions> = {}) {
  return customGrant({ ...vendor.options, store: vendor.elsewhere(), grantType: 'client_credential', ...changes })
}

const tokenOf = async (vendor: ServiceVendor, changes: Partial<CustomGrantOptions> = {}) =>
  (await custom(vendor, changes).getToken()).accessToken

describe('a server-to-server app as Zoom has it', () => {
  /** `account_credentials`: the app in a Basic header, the account among the parameters, an hour, no refresh token. */
  const startZoom = () =>
    startServiceVendor(({ form, headers, token }) => {
      const isClient = headers.authorization === `Basic ${btoa(`${APP.clientId}:${APP.clientSecret}`)}`
      const isRight = isClient && form.get('grant_type') === 'account_credentials' && form.get('account_id') === 'A1'
      if (!isRight) return { status: 400, body: { reason: `Bad Request ${form}`, error: 'invalid_request' } }
      return { body: { access_token: token, token_type: 'bearer', expires_in: 3600, scope: 'user:read:admin' } }
    })
  const zoom = (vendor: ServiceVendor, changes: Partial<CustomGrantOptions> = {}) =>
    custom(vendor, { ...APP, grantType: 'account_credentials', parameters: { account_id: 'A1' }, ...changes })

  test('signs in, calls, and asks again when the token has expired', async () => {
    const vendor = await startZoom()
    const credential = zoom(vendor)
    expect(await vendor.call(credential)).toBe('200 Bearer token-1')
    expect(await credential.status()).toMatchObject({ state: 'ready', renewable: true, scopes: ['user:read:admin'] })
    await vendor.clock.advance(HOUR_MS)
    expect(await vendor.call(credential)).toBe('200 Bearer token-2')
    vendor.revokeAll()
    await vendor.clock.advance(3_000)
    expect(await vendor.call(credential)).toBe('200 Bearer token-3')
    expect(vendor.asked.map(({ form }) => String(form))).toEqual(
      Array(3).fill('account_id=A1&grant_type=account_credentials'),
    )
  })

  test('costs two processes one token call', async () => {
    const vendor = await startZoom()
    const processes = [zoom(vendor), zoom(vendor)]
    const tokens = await vendor.clock.runUntil(Promise.all(processes.map((each) => each.getToken())), 2_000)
    expect(tokens.map(({ accessToken }) => accessToken)).toEqual(['token-1', 'token-1'])
    expect(vendor.asked).toHaveLength(1)
  })

  test('of a wrong account is client_rejected, and takes no other account’s token', async () => {
    const vendor = await startZoom()
    await zoom(vendor).getToken()
    const wrong = zoom(vendor, { parameters: { account_id: 'A2' } })
    expect(await errorOf(wrong.getToken())).toMatchObject({ code: 'client_rejected', oauthError: 'invalid_request' })
    expect(await errorOf(wrong.getToken())).toMatchObject({ code: 'client_rejected' })
    expect(vendor.asked).toHaveLength(2)
  })

  test('with a wrong client secret is given nothing', async () => {
    const vendor = await startZoom()
    await zoom(vendor).getToken()
    const wrong = zoom(vendor, { clientSecret: 'wrong' })
    expect(await errorOf(wrong.getToken())).toMatchObject({ code: 'client_rejected' })
  })
})

describe('a custom grant', () => {
  test('names no client where there is none, and is JSON where the vendor wants JSON', async () => {
    const vendor = await startTaker()
    const parameters = { appid: 'wx1', secret: SECRET }
    await custom(vendor, { parameters, secrets: ['secret'], encoding: 'json' }).getToken()
    expect(JSON.parse(vendor.server.requests[0]?.body ?? '')).toEqual({
      ...parameters,
      grant_type: 'client_credential',
    })
    expect(vendor.asked[0]?.headers.authorization).toBeUndefined()
  })

  test('has its parameters in the query where a vendor accepts nothing else', async () => {
    const vendor = await startTaker()
    await custom(vendor, { parameters: { appid: 'wx1' }, parametersIn: 'query' }).getToken()
    expect(vendor.asked[0]?.url.search).toBe('?appid=wx1&grant_type=client_credential')
    expect(vendor.server.requests[0]?.body).toBe('')
  })

  test('needs no parameters, and asks for scopes', async () => {
    const vendor = await startTaker()
    await custom(vendor, { scopes: ['read', 'write'] }).getToken()
    expect(String(vendor.asked[0]?.form)).toBe('scope=read+write&grant_type=client_credential')
  })

  test.each<[Partial<CustomGrantOptions>, string[]]>([
    [{}, ['client_credential', 'refresh_token']],
    [{ refresh: false }, ['client_credential', 'client_credential']],
  ])('with %j renews by %j', async (changes, grantTypes) => {
    const vendor = await startTaker({ refresh_token: 'canary-refresh' })
    const credential = custom(vendor, changes)
    await credential.getToken()
    await vendor.clock.advance(HOUR_MS)
    expect(await vendor.call(credential)).toBe('200 Bearer token-2')
    expect(vendor.asked.map(({ form }) => form.get('grant_type'))).toEqual(grantTypes)
    const keys = await Array.fromAsync(vendor.store.list?.() ?? [])
    const records = JSON.stringify(await Promise.all(keys.map((key) => vendor.store.get(key))))
    expect(records.includes('canary-refresh')).toBe(changes.refresh !== false)
  })

  test('keeps its secret parameters out of errors, store keys and inspection', async () => {
    const vendor = await startServiceVendor(({ form }) => ({
      status: 400,
      body: { error: 'invalid_grant', error_description: `no: ${form}` },
    }))
    const parameters = { appid: 'wx1', secret: SECRET }
    const credential = custom(vendor, { parameters, secrets: ['secret'] })
    const error = await errorOf(credential.getToken())
    expect(error).toMatchObject({ code: 'client_rejected', description: expect.stringContaining('secret=***') })
    expect(error).toMatchObject({ description: expect.stringContaining('appid=wx1') })
    expect(findLeaks([error, credential], [SECRET], inspectAll)).toEqual([])
    const keys = await Array.fromAsync(vendor.store.list?.() ?? [])
    expect(String(keys)).toContain('wx1')
    expect(String(keys)).not.toContain(SECRET)
  })

  test('revokes its tokens at the vendor', async () => {
    const vendor = await startTaker()
    const credential = custom(vendor, { ...APP, revocationUrl: vendor.options.tokenUrl })
    await credential.getToken()
    expect(await credential.signOut()).toEqual({ revoked: true })
    expect(vendor.asked[1]?.form.get('token')).toBe('token-1')
  })

  test('asks a function for each token request, whose tokens are the account’s', async () => {
    const vendor = await startTaker()
    let calls = 0
    const parameters = async () => {
      calls += 1
      return { nonce: `${calls}`, signature: SECRET }
    }
    const options = { parameters, secrets: ['signature'] }
    expect(await tokenOf(vendor, { ...options, account: 'robin' })).toBe('token-1')
    expect(await tokenOf(vendor, { ...options, account: 'robin' })).toBe('token-1')
    expect(await tokenOf(vendor, { ...options, account: 'kim' })).toBe('token-2')
    expect(vendor.asked.map(({ form }) => form.get('nonce'))).toEqual(['1', '2'])
    expect(() => custom(vendor, options)).toThrow(
      '[acme] "account" is required: "parameters" does not say whose tokens are in "store"',
    )
    const named = { parameters: { pin: '1234' }, secrets: ['pin'], keyedBy: 'identity' } as const
    expect(() => custom(vendor, named)).toThrow('"account" is required: "parameters"')
  })

  test('masks the secret parameters of a function', async () => {
    const vendor = await startServiceVendor(({ form }) => ({
      status: 400,
      body: { error: 'invalid_grant', error_description: `no: ${form}` },
    }))
    const parameters = () => ({ signature: SECRET })
    const error = await errorOf(custom(vendor, { parameters, secrets: ['signature'], account: 'robin' }).getToken())
    expect(findLeaks(error, [SECRET], inspectAll)).toEqual([])
  })

  test.each<[string, () => unknown]>([
    ['fails', () => Promise.reject(new Error(SECRET))],
    ['throws', () => expect.fail(SECRET)],
    ['gives a text', () => SECRET],
    ['gives a number among its texts', () => ({ pin: 7 })],
    ['gives the grant type', () => ({ grant_type: 'password' })],
  ])('sends nothing when its function %s', async (_, parameters) => {
    const vendor = await startTaker()
    const credential = custom(vendor, { parameters: parameters as () => never, account: 'robin' })
    const error = await errorOf(vendor.clock.runUntil(credential.getToken(), 2_000))
    expect(error).toMatchObject({ code: 'token_unavailable' })
    expect(error.message).toContain('"parameters" gave no object of texts')
    expect(findLeaks(error, [SECRET], inspectAll)).toEqual([])
    expect(vendor.asked).toEqual([])
  })

  test('is told apart by grant type, parameters and secret parameters', async () => {
    const vendor = await startTaker()
    const secrets = ['secret']
    const seen = []
    for (const changes of [
      {},
      { grantType: 'another' },
      { parameters: { appid: 'wx1' } },
      { parameters: { appid: 'wx2' } },
      { parameters: { appid: 'wx2', secret: 'a' }, secrets },
      { parameters: { appid: 'wx2', secret: 'b' }, secrets },
      { parameters: { secret: 'a', appid: 'wx2' }, secrets },
      { grantType: 'tenant' },
    ])
      seen.push(await tokenOf(vendor, changes))
    expect(seen).toEqual(['token-1', 'token-2', 'token-3', 'token-4', 'token-5', 'token-6', 'token-5', 'token-7'])
  })
})

test.each<[object, string]>([
  [{ grantType: undefined }, '"grantType" is required'],
  [{ grantType: 'refresh_token' }, '"grantType" must be the grant type of the first token request'],
  [{ parameters: 'query' }, '"parameters" must be an object of strings, without "grant_type"'],
  [{ parameters: { size: 7 } }, '"parameters" must be an object of strings, without "grant_type"'],
  [{ parameters: { grant_type: 'a' } }, '"parameters" must be an object of strings, without "grant_type"'],
  [{ secrets: 'pin' }, '"secrets" must be an array of names of "parameters"'],
  [{ parameters: { pin: '1' }, secrets: ['Pin'] }, '"secrets" names "Pin", which is not in "parameters"'],
  [{ parametersIn: 'header' }, `"parametersIn" must be one of 'body', 'query'`],
  [{ refresh: 'no' }, '"refresh" must be true or false, not a string'],
  [{ clientSecret: 's3cret' }, '"clientId" is required'],
])('%j is told where the credential is made', (wrong, problem) => {
  const options = { vendor: 'acme', origins: ['https://api.example.com'], tokenUrl: 'https://login.example.com/token' }
  expect(() => Reflect.apply(customGrant, undefined, [{ ...options, grantType: 'custom', ...wrong }])).toThrow(
    `[acme] ${problem}`,
  )
})

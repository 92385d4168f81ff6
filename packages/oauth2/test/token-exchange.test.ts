import { findLeaks } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import type { TokenExchangeOptions } from '../src/index.ts'
import { tokenExchange } from '../src/index.ts'
import type { ServiceVendor } from './helpers/service-vendor.ts'
import { inspectAll, startServiceVendor } from './helpers/service-vendor.ts'
import { errorOf } from './helpers/sign-in.ts'

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const TYPE = 'urn:ietf:params:oauth:token-type'
const HOUR_MS = 3_600_000
const SUBJECT = 'canary-subject-token'
const ACTOR = 'canary-actor-token'

/** A vendor that gives a token for each request, with these members beside it. */
function startVendor(answer: object = {}) {
  return startServiceVendor(({ token }) => ({
    body: { access_token: token, issued_token_type: `${TYPE}:access_token`, expires_in: 3600, ...answer },
  }))
}

function exchange(vendor: ServiceVendor, changes: Partial<TokenExchangeOptions> = {}) {
  return tokenExchange({ ...vendor.options, store: vendor.elsewhere(), subjectToken: SUBJECT, ...changes })
}

const tokenOf = async (vendor: ServiceVendor, changes: Partial<TokenExchangeOptions> = {}) =>
  (await exchange(vendor, changes).getToken()).accessToken

describe('a token exchange', () => {
  test('sends the subject token and its type, and names no client where there is none', async () => {
    const vendor = await startVendor()
    await exchange(vendor).getToken()
    expect(Object.fromEntries(vendor.asked[0]?.form ?? [])).toEqual({
      grant_type: GRANT_TYPE,
      subject_token: SUBJECT,
      subject_token_type: `${TYPE}:access_token`,
    })
    expect(vendor.asked[0]?.headers.authorization).toBeUndefined()
  })

  test('names who acts, what is wanted and where it is to be used (RFC 8693 §2.1)', async () => {
    const vendor = await startVendor()
    const credential = exchange(vendor, {
      clientId: 'boat-app',
      clientSecret: 's3cret',
      subjectTokenType: `${TYPE}:id_token`,
      actorToken: () => ACTOR,
      actorTokenType: `${TYPE}:jwt`,
      requestedTokenType: `${TYPE}:jwt`,
      audience: ['orders', 'billing'],
      resource: 'https://api.example.com/orders',
      scopes: ['read', 'write'],
      account: 'robin',
    })
    await credential.getToken()
    const { form, headers } = vendor.asked[0] ?? {}
    expect([...(form ?? [])].toSorted(([a], [b]) => a.localeCompare(b))).toEqual([
      ['actor_token', ACTOR],
      ['actor_token_type', `${TYPE}:jwt`],
      ['audience', 'billing'],
      ['audience', 'orders'],
      ['grant_type', GRANT_TYPE],
      ['requested_token_type', `${TYPE}:jwt`],
      ['resource', 'https://api.example.com/orders'],
      ['scope', 'read write'],
      ['subject_token', SUBJECT],
      ['subject_token_type', `${TYPE}:id_token`],
    ])
    expect(headers?.authorization).toBe(`Basic ${btoa('boat-app:s3cret')}`)
  })

  test('is made again when the token has expired, with the subject token of that time', async () => {
    const vendor = await startVendor()
    const tokens = ['of the morning', 'of the evening']
    const credential = exchange(vendor, { subjectToken: async () => tokens.shift() ?? '', account: 'robin' })
    expect(await vendor.call(credential)).toBe('200 Bearer token-1')
    expect(await vendor.call(credential)).toBe('200 Bearer token-1')
    await vendor.clock.advance(HOUR_MS)
    expect(await vendor.call(credential)).toBe('200 Bearer token-2')
    expect(vendor.asked.map(({ form }) => form.get('subject_token'))).toEqual(['of the morning', 'of the evening'])
  })

  test('gives a refresh token that is used, until it is dead', async () => {
    const vendor = await startServiceVendor(({ form, token }) => {
      if (form.get('refresh_token') === 'refresh-of-token-2') return { status: 400, body: { error: 'invalid_grant' } }
      return { body: { access_token: token, expires_in: 3600, refresh_token: `refresh-of-${token}` } }
    })
    const credential = exchange(vendor)
    const seen = []
    for (let use = 0; use < 3; use += 1) {
      seen.push(await vendor.call(credential))
      await vendor.clock.advance(HOUR_MS)
    }
    expect(seen).toEqual(['200 Bearer token-1', '200 Bearer token-2', '200 Bearer token-4'])
    const grants = vendor.asked.map(({ form }) => form.get('grant_type'))
    expect(grants).toEqual([GRANT_TYPE, 'refresh_token', 'refresh_token', GRANT_TYPE])
    expect([...(vendor.asked[1]?.form.keys() ?? [])].toSorted()).toEqual(['grant_type', 'refresh_token'])
  })

  test('costs two processes one token call', async () => {
    const vendor = await startVendor()
    const processes = [exchange(vendor), exchange(vendor)]
    const tokens = await vendor.clock.runUntil(Promise.all(processes.map((each) => each.getToken())), 2_000)
    expect(tokens.map(({ accessToken }) => accessToken)).toEqual(['token-1', 'token-1'])
    expect(vendor.asked).toHaveLength(1)
  })

  test('that is refused is client_rejected, and shows no token that the vendor echoes', async () => {
    const vendor = await startServiceVendor(({ form }) => ({
      status: 400,
      body: { error: 'invalid_request', error_description: `expired: ${form}` },
    }))
    const credential = exchange(vendor, { actorToken: ACTOR })
    const error = await errorOf(credential.getToken())
    expect(error).toMatchObject({ code: 'client_rejected', oauthError: 'invalid_request' })
    expect(error).toMatchObject({ description: expect.stringContaining('subject_token=***') })
    expect(findLeaks(error, [SUBJECT, ACTOR], inspectAll)).toEqual([])
    expect(findLeaks(credential, [SUBJECT, ACTOR], inspectAll)).toEqual([])
    await errorOf(credential.getToken())
    expect(vendor.asked).toHaveLength(1)
  })
})

describe('a stored token of an exchange', () => {
  test('goes to who holds the same subject and actor tokens, and the store key shows neither', async () => {
    const vendor = await startVendor()
    expect(await tokenOf(vendor)).toBe('token-1')
    expect(await tokenOf(vendor, { subjectToken: 'another' })).toBe('token-2')
    expect(await tokenOf(vendor, { actorToken: ACTOR })).toBe('token-3')
    expect(await tokenOf(vendor, { actorToken: 'another' })).toBe('token-4')
    expect(await tokenOf(vendor, { actorToken: ACTOR })).toBe('token-3')
    expect(await tokenOf(vendor)).toBe('token-1')
    expect(JSON.stringify(await Array.fromAsync(vendor.store.list?.() ?? []))).not.toContain('canary')
  })

  test.each<Partial<TokenExchangeOptions>>([
    { audience: 'billing' },
    { resource: 'https://api.example.com/orders' },
    { requestedTokenType: `${TYPE}:jwt` },
    { subjectTokenType: `${TYPE}:id_token` },
    { scopes: ['read'] },
    { clientId: 'boat-app' },
    { account: 'kim' },
  ])('is one for each %j', async (changes) => {
    const vendor = await startVendor()
    expect([await tokenOf(vendor), await tokenOf(vendor, changes), await tokenOf(vendor, changes)]).toEqual([
      'token-1',
      'token-2',
      'token-2',
    ])
  })

  test('is the account’s where functions give the tokens', async () => {
    const vendor = await startVendor()
    let calls = 0
    const subjectToken = () => {
      calls += 1
      return `job-token-${calls}`
    }
    expect(await tokenOf(vendor, { subjectToken, account: 'robin' })).toBe('token-1')
    expect(await tokenOf(vendor, { subjectToken, account: 'robin' })).toBe('token-1')
    expect(await tokenOf(vendor, { subjectToken, account: 'kim' })).toBe('token-2')
    expect(() => exchange(vendor, { subjectToken })).toThrow(
      '[acme] "account" is required: "subjectToken" does not say whose tokens are in "store"',
    )
    expect(() => exchange(vendor, { actorToken: subjectToken })).toThrow('"account" is required: "actorToken"')
    expect(() => exchange(vendor, { keyedBy: 'identity' })).toThrow('"account" is required: "subjectToken"')
  })
})

describe('a token that is no access token (token_type N_A)', () => {
  test('is used as the API takes it where it was asked for, and told by its type', async () => {
    const answer = { token_type: 'N_A', issued_token_type: `${TYPE}:saml2` }
    const vendor = await startVendor(answer)
    const credential = exchange(vendor, {
      requestedTokenType: `${TYPE}:saml2`,
      place: ({ accessToken, extra }) => ({ headers: { 'x-saml': `${extra?.issued_token_type} ${accessToken}` } }),
      carries: { headers: ['x-saml'], query: [] },
    })
    expect((await credential.authorization()).headers).toEqual({ 'x-saml': `${TYPE}:saml2 token-1` })
  })

  test.each([undefined, `${TYPE}:access_token`])('is refused where %j was asked for', async (requestedTokenType) => {
    const vendor = await startVendor({ token_type: 'n_a' })
    const error = await errorOf(exchange(vendor, { requestedTokenType }).getToken())
    expect(error).toMatchObject({ code: 'client_rejected' })
    expect(error.message).toContain('name its type as "requestedTokenType"')
    expect(findLeaks(error, ['token-1'], inspectAll)).toEqual([])
  })

  test('is judged after the vendor’s own dialect', async () => {
    const vendor = await startVendor({ kind: 'N_A' })
    const credential = exchange(vendor, {
      normalize: ({ status, body }) => {
        const { kind, ...rest } = body as Record<string, unknown>
        return { status, body: { ...rest, token_type: kind } }
      },
    })
    expect(await errorOf(credential.getToken())).toMatchObject({ code: 'client_rejected' })
  })
})

test.each<[object, string]>([
  [{ subjectToken: undefined }, '"subjectToken" is required'],
  [{ subjectToken: 'token\n' }, '"subjectToken" ends in a line break: trim it'],
  [{ actorToken: '' }, '"actorToken" is required'],
  [{ actorTokenType: `${TYPE}:jwt` }, '"actorToken" is required with "actorTokenType"'],
  [{ subjectTokenType: 'id_token' }, `"subjectTokenType" must be a URI such as '${TYPE}:access_token'`],
  [{ requestedTokenType: 7 }, `"requestedTokenType" must be a URI such as '${TYPE}:access_token'`],
  [{ audience: ['orders', ''] }, '"audience" must be a non-empty string, or an array of them'],
  [{ clientSecret: 's3cret' }, '"clientId" is required'],
])('%j is told where the credential is made', (wrong, problem) => {
  const options = { vendor: 'acme', origins: ['https://api.example.com'], tokenUrl: 'https://login.example.com/token' }
  expect(() => Reflect.apply(tokenExchange, undefined, [{ ...options, subjectToken: SUBJECT, ...wrong }])).toThrow(
    `[acme] ${problem}`,
  )
})

import { findLeaks } from '@valetkey/testing'
import { exportPKCS8, generateKeyPair, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import type { AssertionOptions, JwtBearerOptions } from '../src/index.ts'
import { jwtBearer } from '../src/index.ts'
import type { Asked } from './helpers/service-vendor.ts'
import { inspectAll, startServiceVendor } from './helpers/service-vendor.ts'
import { errorOf } from './helpers/sign-in.ts'
import type { PlannedAnswer } from './helpers/token-server.ts'

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const HOUR_MS = 3_600_000

const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
const PEM = await exportPKCS8(privateKey)
const WRONG_PEM = await exportPKCS8((await generateKeyPair('RS256', { extractable: true })).privateKey)

const EMAIL = 'boats@my-project.iam.gserviceaccount.example'
const SCOPE = 'https://www.googleapis.com/auth/devstorage.read_only'

const REFUSED = { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }

interface Rules {
  readonly audience?: string
  readonly issuer?: string
  /** How far the vendor's clock is ahead of ours. */
  readonly aheadSeconds?: number
  readonly answer?: object
}

/** A token endpoint that verifies assertions as Google documents it: signature, issuer, audience, `iat` not in its future, an hour at most. */
async function startVendor({ audience, issuer, aheadSeconds = 0, answer = { expires_in: 3599 } }: Rules = {}) {
  const vendor = await startServiceVendor(async ({ form, token }): Promise<PlannedAnswer> => {
    if (form.get('grant_type') !== GRANT_TYPE) return { status: 400, body: { error: 'unsupported_grant_type' } }
    const assertion = form.get('assertion') ?? ''
    try {
      await jwtVerify(assertion, publicKey, {
        audience: audience ?? vendor.options.tokenUrl,
        ...(issuer !== undefined && { issuer }),
        currentDate: new Date(vendor.clock.now() + aheadSeconds * 1000),
        maxTokenAge: '1h',
        requiredClaims: ['jti', 'exp'],
      })
      return { body: { access_token: token, token_type: 'Bearer', ...answer } }
    } catch {
      return { status: 400, body: { ...REFUSED, error_description: `Invalid JWT Signature: ${assertion}` } }
    }
  })
  return vendor
}

type Vendor = Awaited<ReturnType<typeof startVendor>>

function serviceAccount(
  vendor: Vendor,
  changes: Partial<AssertionOptions> = {},
  options: Partial<JwtBearerOptions> = {},
) {
  const assertion = { key: PEM, kid: 'key-1', claims: { iss: EMAIL, scope: SCOPE }, ...changes }
  return jwtBearer({ ...vendor.options, store: vendor.elsewhere(), assertion, ...options })
}

async function claimsOf({ form }: Asked, key: Parameters<typeof jwtVerify>[1] = publicKey, now = Date.UTC(2026, 0, 1)) {
  return jwtVerify(form.get('assertion') ?? '', key, { currentDate: new Date(now) })
}

describe('a service account as Google has it', () => {
  test('sends a signed assertion, and nothing of a client', async () => {
    const vendor = await startVendor({ issuer: EMAIL })
    await serviceAccount(vendor).getToken()
    const [asked] = vendor.asked
    if (!asked) throw new Error('no token request')
    expect([...asked.form.keys()].toSorted()).toEqual(['assertion', 'grant_type'])
    expect(asked.headers.authorization).toBeUndefined()
    const { payload, protectedHeader } = await claimsOf(asked)
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-1' })
    const iat = vendor.clock.now() / 1000 - 30
    const jti = expect.stringMatching(/^[0-9a-f-]{36}$/)
    expect(payload).toEqual({ iss: EMAIL, scope: SCOPE, aud: vendor.options.tokenUrl, iat, exp: iat + 120, jti })
  })

  test('signs in, calls, and signs another assertion when the token has expired', async () => {
    const vendor = await startVendor()
    const credential = serviceAccount(vendor)
    expect(await vendor.call(credential)).toBe('200 Bearer token-1')
    expect(await credential.status()).toMatchObject({ state: 'ready', renewable: true })
    expect(await vendor.call(credential)).toBe('200 Bearer token-1')
    await vendor.clock.advance(HOUR_MS)
    expect(await vendor.call(credential)).toBe('200 Bearer token-2')
    const now = vendor.clock.now()
    const [first, second] = await Promise.all(vendor.asked.map((asked) => claimsOf(asked, publicKey, now - HOUR_MS)))
    expect(first?.payload.jti).not.toBe(second?.payload.jti)
  })

  test('acts for another user by the claim "sub", whose token no other subject is given', async () => {
    const vendor = await startVendor()
    const claims = { iss: EMAIL, scope: SCOPE }
    const tokens = []
    for (const sub of [undefined, 'robin@example.com', 'kim@example.com', 'robin@example.com']) {
      tokens.push((await serviceAccount(vendor, { claims: { ...claims, sub } }).getToken()).accessToken)
    }
    expect(tokens).toEqual(['token-1', 'token-2', 'token-3', 'token-2'])
  })

  test('is told apart by scope and audience, too, in whatever order the claims are', async () => {
    const vendor = await startVendor({ audience: 'https://one.example.com' })
    const aud = 'https://one.example.com'
    const connect = (claims: AssertionOptions['claims']) => serviceAccount(vendor, { claims })
    const first = await connect({ iss: EMAIL, scope: SCOPE, aud }).getToken()
    expect((await connect({ aud, scope: SCOPE, iss: EMAIL }).getToken()).accessToken).toBe(first.accessToken)
    expect((await connect({ aud, scope: 'other', iss: EMAIL }).getToken()).accessToken).toBe('token-2')
    expect((await connect({ aud: [aud, 'b'], scope: 'other', iss: EMAIL }).getToken()).accessToken).toBe('token-3')
  })

  test('asks for scopes beside the assertion where the vendor reads them there', async () => {
    const vendor = await startVendor()
    await serviceAccount(vendor, { claims: { iss: EMAIL } }, { scopes: ['read', 'write'] }).getToken()
    expect(vendor.asked[0]?.form.get('scope')).toBe('read write')
  })

  test('costs two processes one token call', async () => {
    const vendor = await startVendor()
    const processes = [serviceAccount(vendor), serviceAccount(vendor)]
    const tokens = await vendor.clock.runUntil(Promise.all(processes.map((each) => each.getToken())), 2_000)
    expect(tokens.map(({ accessToken }) => accessToken)).toEqual(['token-1', 'token-1'])
    expect(vendor.asked).toHaveLength(1)
  })

  test.each([
    ['behind', -20],
    ['ahead', 80],
  ])('is believed by a vendor whose clock is %s by some seconds', async (_, aheadSeconds) => {
    const vendor = await startVendor({ aheadSeconds })
    expect(await vendor.call(serviceAccount(vendor))).toBe('200 Bearer token-1')
  })

  test('whose assertion is rejected is client_rejected after one token call, and shows no assertion', async () => {
    const vendor = await startVendor()
    const credential = serviceAccount(vendor, { key: WRONG_PEM })
    const error = await errorOf(credential.getToken())
    expect(error).toMatchObject({ code: 'client_rejected', oauthError: 'invalid_grant', isRetryable: false })
    expect(error).toMatchObject({ description: 'Invalid JWT Signature: ***' })
    expect(await errorOf(credential.getToken())).toMatchObject({ code: 'client_rejected' })
    expect(vendor.asked).toHaveLength(1)
    expect(findLeaks(error, [vendor.asked[0]?.form.get('assertion') ?? '', WRONG_PEM], inspectAll)).toEqual([])
    expect(findLeaks(credential, [WRONG_PEM], inspectAll)).toEqual([])
    expect((await serviceAccount(vendor).getToken()).accessToken).toBe('token-2')
  })

  test('does not give its token for another key with the same claims', async () => {
    const vendor = await startVendor()
    await serviceAccount(vendor).getToken()
    expect(await errorOf(serviceAccount(vendor, { key: WRONG_PEM }).getToken())).toMatchObject({
      code: 'client_rejected',
    })
    expect(await errorOf(serviceAccount(vendor, { key: () => WRONG_PEM }).getToken())).toMatchObject({
      code: 'client_rejected',
    })
    const vault = serviceAccount(vendor, { key: async () => `${PEM}\n` })
    expect((await vault.getToken()).accessToken).toBe('token-1')
    expect(vendor.asked).toHaveLength(2)
  })

  test('is revoked without a client', async () => {
    const vendor = await startVendor()
    const credential = serviceAccount(vendor, {}, { revocationUrl: `${vendor.server.origin}/oauth/token` })
    await credential.getToken()
    await credential.signOut()
    expect(Object.fromEntries(vendor.asked[1]?.form ?? [])).toEqual({
      token: 'token-1',
      token_type_hint: 'access_token',
    })
    expect(vendor.asked[1]?.headers.authorization).toBeUndefined()
    expect((await serviceAccount(vendor).getToken()).accessToken).toBe('token-3')
  })

  test('keeps no refresh token', async () => {
    const vendor = await startVendor({ answer: { expires_in: 3599, refresh_token: 'canary-refresh' } })
    await serviceAccount(vendor).getToken()
    const keys = await Array.fromAsync(vendor.store.list?.() ?? [])
    const records = await Promise.all(keys.map((key) => vendor.store.get(key)))
    expect(JSON.stringify(records)).toContain('token-1')
    expect(JSON.stringify([keys, records])).not.toContain('canary-refresh')
    expect(JSON.stringify([keys, records])).not.toContain('PRIVATE KEY')
  })
})

describe('a connected app as Salesforce has it', () => {
  const audience = 'https://login.salesforce.example'
  const claims = { iss: '3MVG9-consumer-key', sub: 'robin@example.com', aud: audience }

  test('names its own audience, expires within 3 minutes, and is acquired again when the session has ended', async () => {
    const answer = { scope: 'api', instance_url: 'https://acme.my.salesforce.example' }
    const vendor = await startVendor({ audience, issuer: claims.iss, answer })
    const credential = serviceAccount(vendor, { claims, kid: undefined, lifetimeSeconds: 180 })
    expect(await vendor.call(credential)).toBe('200 Bearer token-1')
    await vendor.clock.advance(2 * HOUR_MS)
    vendor.revokeAll()
    expect(await vendor.call(credential)).toBe('200 Bearer token-2')
    const asked = vendor.asked.at(-1)
    if (!asked) throw new Error('no token request')
    const { payload, protectedHeader } = await claimsOf(asked, publicKey, vendor.clock.now())
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT' })
    expect(payload).toMatchObject(claims)
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(180)
    expect((payload.exp ?? 0) - vendor.clock.now() / 1000).toBeLessThanOrEqual(150)
  })

  test('is told that the user has not approved it', async () => {
    const vendor = await startServiceVendor(() => ({
      status: 400,
      body: { error: 'invalid_grant', error_description: "user hasn't approved this consumer" },
    }))
    expect(await errorOf(serviceAccount(vendor, { claims }).getToken())).toMatchObject({
      code: 'client_rejected',
      description: "user hasn't approved this consumer",
    })
  })
})

describe('a client beside the assertion', () => {
  test('is authenticated where one is configured', async () => {
    const vendor = await startVendor()
    const client = { clientId: 'boat-app', clientSecret: 's3cret' }
    await serviceAccount(vendor, {}, client).getToken()
    expect(vendor.asked[0]?.headers.authorization).toBe(`Basic ${btoa('boat-app:s3cret')}`)
    await serviceAccount(vendor, {}, { clientId: 'boat-app' }).getToken()
    expect(vendor.asked[1]?.form.get('client_id')).toBe('boat-app')
  })

  test.each<Partial<JwtBearerOptions>>([
    { clientSecret: 's3cret' },
    { clientKey: privateKey },
    { clientAuthentication: 'client_secret_post' },
    { clientId: '' },
  ])('needs an id: %j', async (client) => {
    const vendor = await startVendor()
    expect(() => serviceAccount(vendor, {}, client)).toThrow('[acme] "clientId" is required')
  })
})

describe('an assertion that the program makes', () => {
  test('is asked for each token request, and its tokens are those of the account', async () => {
    const vendor = await startServiceVendor(({ token }) => ({ body: { access_token: token, expires_in: 3600 } }))
    let calls = 0
    const assertion = async () => {
      calls += 1
      return `assertion-${calls}`
    }
    const connect = (account: string) => jwtBearer({ ...vendor.options, store: vendor.elsewhere(), assertion, account })
    expect(await vendor.call(connect('robin'))).toBe('200 Bearer token-1')
    expect(await vendor.call(connect('robin'))).toBe('200 Bearer token-1')
    expect(await vendor.call(connect('kim'))).toBe('200 Bearer token-2')
    await vendor.clock.advance(HOUR_MS)
    expect(await vendor.call(connect('robin'))).toBe('200 Bearer token-3')
    expect(vendor.asked.map(({ form }) => form.get('assertion'))).toEqual(['assertion-1', 'assertion-2', 'assertion-3'])
  })

  test('needs an account with a store, as nothing else says whose tokens are in it', async () => {
    const vendor = await startVendor()
    const assertion = () => 'assertion'
    expect(() => jwtBearer({ ...vendor.options, assertion })).toThrow(
      '[acme] "account" is required: "assertion" does not say whose tokens are in "store"',
    )
    expect(() => jwtBearer({ ...vendor.options, assertion: 'text', keyedBy: 'identity' })).toThrow('"account"')
    expect(jwtBearer({ ...vendor.options, store: undefined, assertion }).account).toBe('default')
  })

  test('may be one text, which its tokens are bound to', async () => {
    const vendor = await startServiceVendor(({ token }) => ({ body: { access_token: token, expires_in: 3600 } }))
    const tokenOf = async (assertion: string) =>
      (await jwtBearer({ ...vendor.options, store: vendor.elsewhere(), assertion }).getToken()).accessToken
    expect([await tokenOf('robin'), await tokenOf('kim'), await tokenOf('robin')]).toEqual([
      'token-1',
      'token-2',
      'token-1',
    ])
    expect(JSON.stringify(await Array.fromAsync(vendor.store.list?.() ?? []))).not.toMatch(/robin|kim/)
  })

  test('that cannot be made is not sent, and the reason shows nothing of it', async () => {
    const vendor = await startVendor()
    const assertion = () => Promise.reject(new Error('canary-in-a-vault-error'))
    const credential = jwtBearer({ ...vendor.options, assertion, account: 'robin' })
    const error = await errorOf(vendor.clock.runUntil(credential.getToken(), 2_000))
    expect(error).toMatchObject({ code: 'token_unavailable' })
    expect(error.message).toContain('"assertion" could not be read')
    expect(findLeaks(error, ['canary-in-a-vault-error'], inspectAll)).toEqual([])
    expect(vendor.asked).toEqual([])
  })
})

test('claims that the program changes later change no assertion', async () => {
  const vendor = await startVendor()
  const claims = { iss: EMAIL, groups: ['crew'] }
  const credential = serviceAccount(vendor, { claims })
  claims.groups.push('captain')
  await credential.getToken()
  const [asked] = vendor.asked
  expect(asked && (await claimsOf(asked)).payload.groups).toEqual(['crew'])
})

test('a CryptoKey that was refused does not hold back the right one', async () => {
  const vendor = await startVendor()
  const wrong = (await generateKeyPair('RS256')).privateKey
  expect(await errorOf(serviceAccount(vendor, { key: wrong }).getToken())).toMatchObject({ code: 'client_rejected' })
  expect((await serviceAccount(vendor, { key: privateKey }).getToken()).accessToken).toBe('token-2')
})

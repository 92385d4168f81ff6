import { describe, expect, test } from 'vitest'
import type { AuthorizationCodeOptions, ResourceCredential, Resources } from '../src/index.ts'
import {
  authorizationCode,
  clientCredentials,
  customGrant,
  deviceCode,
  jwtBearer,
  password,
  tokenExchange,
} from '../src/index.ts'
import { FILES, LIFETIME_S, MAIL, startResourceVendor } from './helpers/resource-vendor.ts'
import { AUTHORIZATION_URL, errorOf, REDIRECT_URI, signIn } from './helpers/sign-in.ts'

type Vendor = Awaited<ReturnType<typeof startResourceVendor>>

function connect(vendor: Vendor, changes: Partial<AuthorizationCodeOptions> = {}) {
  const own = { authorizationUrl: AUTHORIZATION_URL, redirectUri: REDIRECT_URI }
  return authorizationCode({ ...vendor.options, ...vendor.elsewhere(), ...own, ...changes })
}

async function setUp(changes: Partial<AuthorizationCodeOptions> = {}) {
  const vendor = await startResourceVendor()
  const credential = connect(vendor, changes)
  await signIn(credential)
  vendor.forms.splice(0)
  return { vendor, credential, ...vendor }
}

describe('one sign-in, several APIs', () => {
  test('each API gets tokens for itself by the one refresh token, which rotates', async () => {
    const { credential, call, asked, reuses } = await setUp()
    const mail = credential.resource(MAIL)
    expect(await call(mail, MAIL)).toBe('200 Bearer access-2')
    expect(await call(credential.audience('files'), 'files')).toBe('200 Bearer access-3')
    expect(await call(credential, '')).toBe('200 Bearer access-1')
    expect(await call(credential.resource(MAIL), MAIL)).toBe('200 Bearer access-2')
    expect(asked()).toEqual([`refresh_token ${MAIL}`, 'refresh_token files'])
    expect(reuses()).toBe(0)
  })

  test('two at once in each of two processes: four token requests at most, and no refresh token twice', async () => {
    const { vendor, credential, clock, call, forms, reuses } = await setUp()
    await clock.advance(LIFETIME_S * 1_000)
    const calls = [credential, connect(vendor)].flatMap((each) => [
      call(each.resource(MAIL), MAIL),
      call(each.resource(FILES), FILES),
      call(each, ''),
    ])
    const statuses = (await clock.runUntil(Promise.all(calls), 20_000)).map((text) => text.slice(0, 3))
    expect(statuses).toEqual(['200', '200', '200', '200', '200', '200'])
    expect(forms).toHaveLength(3)
    expect(reuses()).toBe(0)
  })

  test('a refused token of one API is renewed for that one', async () => {
    const { credential, call, refuse, asked } = await setUp()
    const [mail, files] = [credential.resource(MAIL), credential.resource(FILES)]
    await call(mail, MAIL)
    await call(files, FILES)
    asked()
    refuse(MAIL)
    expect(await call(files, FILES)).toBe('200 Bearer access-3')
    expect(await call(mail, MAIL)).toBe('200 Bearer access-4')
    expect(await call(files, FILES)).toBe('200 Bearer access-3')
    expect(asked()).toEqual([`refresh_token ${MAIL}`])
  })

  test('the next process finds the tokens of all', async () => {
    const { vendor, credential, call, asked } = await setUp()
    await call(credential.resource(MAIL), MAIL)
    await call(credential.resource(FILES), FILES)
    asked()
    const next = connect(vendor)
    expect(await call(next.resource(FILES), FILES)).toBe('200 Bearer access-3')
    expect(await call(next.resource(MAIL), MAIL)).toBe('200 Bearer access-2')
    expect(asked()).toEqual([])
  })

  test('an ended grant has ended for all; a new sign-in begins it for all', async () => {
    const { vendor, credential, clock, call, endGrant } = await setUp()
    const mail = credential.resource(MAIL)
    await call(mail, MAIL)
    endGrant()
    const dead = errorOf(clock.runUntil(credential.resource(FILES).getToken(), 5_000))
    expect(await dead).toMatchObject({ code: 'reauthorization_required' })
    expect(await call(mail, MAIL)).toBe('200 Bearer access-2')
    expect(await mail.status()).toMatchObject({ state: 'ready', renewable: false })
    await signIn(connect(vendor))
    await clock.advance(30_000)
    await mail.getToken()
    await clock.advance(1_000)
    expect(await call(mail, MAIL)).toBe('200 Bearer access-4')
  })

  test('signing out of one signs out of all', async () => {
    const { credential, call } = await setUp()
    const mail = credential.resource(MAIL)
    await call(mail, MAIL)
    expect(await mail.signOut()).toEqual({ revoked: false })
    for (const each of [credential, mail, credential.resource(FILES)]) {
      expect(await errorOf(each.getToken())).toMatchObject({ code: 'not_signed_in' })
    }
  })

  test('accounts have APIs of their own, and share listeners', async () => {
    const { credential, call, asked } = await setUp()
    const ida = credential.for('ida')
    await signIn(ida)
    const refreshed: string[] = []
    credential.resource(MAIL).on('refreshed', ({ account }) => refreshed.push(account))
    const mail = credential.resource(MAIL).for('ida')
    expect(mail.account).toBe('ida')
    expect(await call(mail, MAIL)).toBe('200 Bearer access-3')
    expect(await call(ida.resource(MAIL), MAIL)).toBe('200 Bearer access-3')
    expect(refreshed).toEqual(['ida'])
    expect(asked()).toEqual(['authorization_code', `refresh_token ${MAIL}`])
  })

  test('an API that the vendor does not know does not hold back the others', async () => {
    const { credential, clock, call } = await setUp()
    const unknown = clock.runUntil(credential.resource('https://unknown.example.com').getToken(), 5_000)
    expect(await errorOf(unknown)).toMatchObject({ code: 'client_rejected', oauthError: 'invalid_target' })
    expect(await call(credential.resource(MAIL), MAIL)).toBe('200 Bearer access-2')
  })

  test('the API takes the place of the option "resource", and the audience that of "tokenParameters"', async () => {
    const { credential, clock, asked } = await setUp({
      resource: FILES,
      tokenParameters: { audience: 'orders', tenant: 'acme' },
    })
    await credential.resource(MAIL).getToken()
    await credential.audience('bills').getToken()
    await clock.advance(LIFETIME_S * 1_000)
    await credential.getToken()
    expect(asked()).toEqual([
      `refresh_token ${MAIL} orders`,
      `refresh_token ${FILES} bills`,
      `refresh_token ${FILES} orders`,
    ])
  })

  test('a resource of the same text as an audience is another one', async () => {
    const { credential, call } = await setUp()
    expect(await call(credential.resource(MAIL), MAIL)).toBe('200 Bearer access-2')
    expect(await call(credential.audience(MAIL), MAIL)).toBe('200 Bearer access-3')
  })
})

describe('a resource', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['an empty text', ''],
    ['a relative URI', '/mail'],
    ['a URI with a fragment', 'https://mail.example.com/#v1'],
    ['an array', [MAIL]],
  ])('is an absolute URI, not %s', async (_, uri) => {
    const { credential } = await setUp()
    const problem = expect.objectContaining({ code: 'invalid_option', option: 'resource' })
    expect(() => credential.resource(uri as string)).toThrow(problem)
  })

  test('is sent to no origin that the program has not named', async () => {
    const { credential, origin } = await setUp()
    expect(credential.resource(MAIL).covers('https://mail.example.com')).toBe(false)
    expect(credential.resource(MAIL).covers(origin)).toBe(true)
    const named = credential.resource(MAIL, { origins: ['https://mail.example.com'] })
    expect([named.covers('https://mail.example.com'), named.covers(origin)]).toEqual([true, false])
    const http = { origins: ['http://mail.example.com'] }
    expect(() => credential.resource(MAIL, http)).toThrow(expect.objectContaining({ code: 'insecure_url' }))
    const unknown = { origin: ['https://mail.example.com'] } as object
    expect(() => credential.resource(MAIL, unknown)).toThrow('"origin" is not an option: did you mean "origins"?')
  })

  test.each([undefined, '', 7])('an audience is a text, not %j', async (name) => {
    const { credential } = await setUp()
    const problem = expect.objectContaining({ code: 'invalid_option', option: 'audience' })
    expect(() => credential.audience(name as string)).toThrow(problem)
  })

  test('has no sign-in, and no token can be imported through it', async () => {
    const { credential } = await setUp()
    const mail = credential.resource(MAIL)
    for (const name of ['beginSignIn', 'completeSignIn', 'importTokens', 'resource', 'audience'])
      expect(mail).not.toHaveProperty(name)
  })
})

const SUBJECT = 'canary-subject-token'

const GRANTS: Readonly<Record<string, (vendor: Vendor) => Promise<ResourceCredential & Resources>>> = {
  password: async ({ options, elsewhere }) =>
    password({ ...options, ...elsewhere(), username: 'skipper', password: 'pass-word' }),
  tokenExchange: async ({ options, elsewhere }) =>
    tokenExchange({ ...options, ...elsewhere(), subjectToken: SUBJECT, audience: 'first' }),
  customGrant: async ({ options, elsewhere }) =>
    customGrant({ ...options, ...elsewhere(), grantType: 'account', parameters: { audience: 'first' } }),
  deviceCode: async ({ options, elsewhere, origin, clock }) => {
    const credential = deviceCode({ ...options, ...elsewhere(), deviceAuthorizationUrl: `${origin}/device` })
    if ((await credential.status()).state === 'signed_out') {
      const { done } = await credential.beginSignIn()
      await clock.runUntil(done, 10_000)
    }
    return credential
  },
}

describe.each(Object.entries(GRANTS))('%s', (name, start) => {
  const first = name === 'tokenExchange' || name === 'customGrant' ? 'first' : ''

  test('gives tokens for several APIs by one grant', async () => {
    const vendor = await startResourceVendor()
    const credential = await start(vendor)
    expect(await vendor.call(credential, first)).toBe('200 Bearer access-1')
    vendor.asked()
    expect(await vendor.call(credential.resource(MAIL), MAIL)).toBe('200 Bearer access-2')
    expect(await vendor.call(credential.audience('files'), 'files')).toBe('200 Bearer access-3')
    expect(vendor.asked()).toEqual([`refresh_token ${MAIL}`, 'refresh_token files'])
    const next = await start(vendor)
    expect(await vendor.call(next.audience('files'), 'files')).toBe('200 Bearer access-3')
    expect(await vendor.call(next, first)).toBe('200 Bearer access-1')
    expect([vendor.asked(), vendor.reuses()]).toEqual([[], 0])
  })
})

describe('grants that acquire without a person', () => {
  test('whichever API comes first, the grant is for what it is for without one', async () => {
    const vendor = await startResourceVendor()
    const exchange = tokenExchange({ ...vendor.options, subjectToken: SUBJECT, audience: 'first' })
    expect(await vendor.call(exchange.audience('files'), 'files')).toBe('200 Bearer access-2')
    expect(await vendor.call(exchange, 'first')).toBe('200 Bearer access-3')
    expect(vendor.asked().slice(1)).toEqual(['refresh_token files', 'refresh_token'])
    expect(vendor.reuses()).toBe(0)
  })

  test('without a refresh token in the answers, each API acquires and the others keep their tokens', async () => {
    const vendor = await startResourceVendor()
    vendor.giveNoRefreshToken()
    const connectAgain = () =>
      password({ ...vendor.options, ...vendor.elsewhere(), username: 'skipper', password: 'pass-word' })
    const credential = connectAgain()
    const mail = credential.resource(MAIL)
    expect(await vendor.call(mail, MAIL)).toBe('200 Bearer access-2')
    expect(await vendor.call(credential, '')).toBe('200 Bearer access-3')
    expect(await vendor.call(connectAgain().resource(MAIL), MAIL)).toBe('200 Bearer access-2')
    await vendor.clock.advance(LIFETIME_S * 1_000)
    expect(await vendor.call(mail, MAIL)).toBe('200 Bearer access-4')
    expect(vendor.asked()).toEqual(['password', `password ${MAIL}`, 'password', `password ${MAIL}`])
  })

  test('with an audience among its parameters: that of the API takes its place', async () => {
    const vendor = await startResourceVendor()
    vendor.giveNoRefreshToken()
    const custom = customGrant({ ...vendor.options, grantType: 'account', parameters: { audience: 'first' } })
    expect(await vendor.call(custom.audience('files'), 'files')).toBe('200 Bearer access-2')
    const exchange = tokenExchange({ ...vendor.options, subjectToken: SUBJECT, audience: 'first' })
    expect(await vendor.call(exchange.audience('files'), 'files')).toBe('200 Bearer access-4')
    expect(await vendor.call(exchange, 'first')).toBe('200 Bearer access-5')
  })

  test.each<[string, string, (vendor: Vendor) => ResourceCredential & Resources]>([
    ['clientCredentials', 'client_credentials', ({ options }) => clientCredentials(options)],
    [
      'jwtBearer',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      ({ options }) => jwtBearer({ ...options, assertion: 'eyJhbGciOiJub25lIn0.e30.c2ln' }),
    ],
  ])('%s gives a credential apart for each API', async (_, grantType, start) => {
    const vendor = await startResourceVendor()
    const credential = start(vendor)
    expect(await vendor.call(credential, '')).toBe('200 Bearer access-1')
    expect(await vendor.call(credential.resource(MAIL), MAIL)).toBe('200 Bearer access-2')
    expect(await vendor.call(credential.audience('files'), 'files')).toBe('200 Bearer access-3')
    expect(await vendor.call(start(vendor).resource(MAIL), MAIL)).toBe('200 Bearer access-2')
    expect(vendor.asked()).toEqual([grantType, `${grantType} ${MAIL}`, `${grantType} files`])
    expect(credential.resource(MAIL, { origins: ['https://mail.example.com'] }).covers(vendor.origin)).toBe(false)
    expect(() => credential.resource('mail')).toThrow(expect.objectContaining({ option: 'resource' }))
  })
})

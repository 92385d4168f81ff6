import { createPrivateKey } from 'node:crypto'
import { isCredentialError } from '@valetkey/core'
import { findLeaks } from '@valetkey/testing'
import { decodeProtectedHeader, exportJWK, exportPKCS8, generateKeyPair, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import type { AssertionAlgorithm, AssertionOptions } from '../src/index.ts'
import { jwtBearer } from '../src/index.ts'
import type { ServiceVendor } from './helpers/service-vendor.ts'
import { inspectAll, startServiceVendor } from './helpers/service-vendor.ts'
import { errorOf } from './helpers/sign-in.ts'

const EMAIL = 'boats@my-project.iam.gserviceaccount.example'
const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
const PEM = await exportPKCS8(privateKey)
const RSA_JWK = await exportJWK(privateKey)

/** A vendor that takes whatever it is given. */
const startTaker = () => startServiceVendor(({ token }) => ({ body: { access_token: token, expires_in: 3600 } }))
const pairs = {
  RS256: { privateKey, publicKey },
  PS384: await generateKeyPair('PS384', { extractable: true }),
  ES256: await generateKeyPair('ES256', { extractable: true }),
  ES384: await generateKeyPair('ES384', { extractable: true }),
  ES512: await generateKeyPair('ES512', { extractable: true }),
  Ed25519: await generateKeyPair('Ed25519', { extractable: true }),
}
const jwkOf = async (name: keyof typeof pairs) => exportJWK(pairs[name].privateKey)
const pemOf = (name: keyof typeof pairs) => exportPKCS8(pairs[name].privateKey)
const pkcs1 = createPrivateKey(PEM).export({ type: 'pkcs1', format: 'pem' }) as string

const KEYS: [string, keyof typeof pairs, Partial<AssertionOptions>, string?][] = [
  ['PEM', 'RS256', { key: PEM }],
  ['PEM with line breaks written out', 'RS256', { key: PEM.replaceAll('\n', '\\n') }],
  ['PEM of PKCS#1', 'RS256', { key: pkcs1 }],
  ['PEM of PKCS#1 from a function', 'RS256', { key: () => pkcs1 }],
  ['PEM for PS384', 'PS384', { key: await pemOf('PS384'), alg: 'PS384' }],
  ['PEM of a curve', 'ES256', { key: await pemOf('ES256'), alg: 'ES256' }],
  ['PEM of Ed25519', 'Ed25519', { key: await pemOf('Ed25519'), alg: 'Ed25519' }],
  [
    'PEM of Ed25519 for a vendor with its older name',
    'Ed25519',
    { key: await pemOf('Ed25519'), alg: 'EdDSA' },
    'EdDSA',
  ],
  ['JWK of RSA', 'RS256', { key: await jwkOf('RS256') }],
  ['JWK with its algorithm', 'PS384', { key: { ...(await jwkOf('PS384')), alg: 'PS384', use: 'sig' } }],
  ['JWK of P-256', 'ES256', { key: await jwkOf('ES256') }],
  ['JWK of P-384', 'ES384', { key: await jwkOf('ES384') }],
  ['JWK of P-521', 'ES512', { key: await jwkOf('ES512') }],
  ['JWK of Ed25519 with its older name', 'Ed25519', { key: { ...(await jwkOf('Ed25519')), alg: 'EdDSA' } }, 'EdDSA'],
  ['JWK of Ed25519 from a function', 'Ed25519', { key: async () => jwkOf('Ed25519') }],
  ['CryptoKey', 'ES384', { key: pairs.ES384.privateKey }],
  ['CryptoKey with its algorithm', 'Ed25519', { key: pairs.Ed25519.privateKey, alg: 'EdDSA' }, 'EdDSA'],
]

function serviceAccount(vendor: ServiceVendor, changes: Partial<AssertionOptions>) {
  const assertion = { key: PEM, kid: 'key-1', claims: { iss: EMAIL }, ...changes }
  return jwtBearer({ ...vendor.options, store: vendor.elsewhere(), assertion })
}

describe('a key', () => {
  test.each(KEYS)('may be %s', async (_, name, options, alg = name) => {
    const vendor = await startTaker()
    await serviceAccount(vendor, options).getToken()
    const [asked] = vendor.asked
    if (!asked) throw new Error('no token request')
    const currentDate = new Date(vendor.clock.now())
    const assertion = asked.form.get('assertion') ?? ''
    const { protectedHeader } = await jwtVerify(assertion, pairs[name].publicKey, { currentDate })
    expect(protectedHeader).toEqual({ alg, typ: 'JWT', kid: 'key-1' })
  })

  test('names itself by the "kid" of a JWK', async () => {
    const vendor = await startTaker()
    await serviceAccount(vendor, { key: { ...(await jwkOf('ES256')), kid: 'spring' }, kid: undefined }).getToken()
    expect(decodeProtectedHeader(vendor.asked[0]?.form.get('assertion') ?? '').kid).toBe('spring')
  })

  test('as CryptoKey has no text: its tokens go to all with the same claims, as those of a client key', async () => {
    const vendor = await startTaker()
    await serviceAccount(vendor, { key: privateKey }).getToken()
    expect((await serviceAccount(vendor, { key: privateKey }).getToken()).accessToken).toBe('token-1')
    expect((await serviceAccount(vendor, { key: PEM }).getToken()).accessToken).toBe('token-2')
  })

  test.each<[string, Partial<AssertionOptions>, string]>([
    ['of a vault that is down', { key: () => Promise.reject(new Error('canary')) }, 'could not be read'],
    ['of a vault that throws', { key: () => expect.fail('canary') }, 'could not be read'],
    ['that is no key', { key: () => 'canary' }, 'could not be read'],
    ['for another algorithm', { key: PEM, alg: 'ES256' }, 'could not be imported; "assertion.alg" names'],
    [
      'with an algorithm that is none',
      { key: { ...RSA_JWK, alg: 'canary' } },
      'could not be imported; "assertion.alg" names',
    ],
    ['that is cut', { key: PEM.slice(0, 400) }, 'could not be imported; "assertion.alg" names'],
    ['that is a CryptoKey for another algorithm', { key: privateKey, alg: 'PS256' }, 'could not sign'],
  ])('%s is told, and nothing is sent', async (_, options, reason) => {
    const vendor = await startTaker()
    const credential = serviceAccount(vendor, options)
    const error = await errorOf(vendor.clock.runUntil(credential.getToken(), 2_000))
    expect(error).toMatchObject({ code: 'token_unavailable' })
    expect(error.message).toContain(`"assertion.key" ${reason}`)
    expect(findLeaks(error, ['canary', PEM], inspectAll)).toEqual([])
    expect(vendor.asked).toEqual([])
  })
})

const KEY_PROBLEM =
  '"assertion.key" must be a private key: a CryptoKey with the usage "sign", PEM, a JWK, or a function that gives PEM or a JWK'

const WRONG: readonly [unknown, string | RegExp][] = [
  [undefined, '"assertion" is required'],
  [null, '"assertion" must be a string, not null'],
  ['assertion\n', '"assertion" ends in a line break: trim it'],
  [{ claims: { iss: EMAIL } }, KEY_PROBLEM],
  [{ key: publicKey, claims: { iss: EMAIL } }, KEY_PROBLEM],
  [{ key: 'canary', claims: { iss: EMAIL } }, KEY_PROBLEM],
  [
    { key: '-----BEGIN EC PRIVATE KEY-----\ncanary', claims: { iss: EMAIL } },
    '"assertion.key" must be PKCS#8: convert it with "openssl pkcs8 -topk8 -nocrypt"',
  ],
  [{ key: PEM, kid: '', claims: { iss: EMAIL } }, '"assertion.kid" must be a non-empty string'],
  [
    { key: PEM, alg: 'none' as AssertionAlgorithm, claims: { iss: EMAIL } },
    /^\[acme\] "assertion\.alg" must be one of 'RS256', /,
  ],
  [{ key: PEM }, '"assertion.claims" must have "iss", a string'],
  [
    { key: PEM, claims: { iss: EMAIL, exp: 1 } },
    '"assertion.claims" must not hold "exp": it is made for each token request',
  ],
  [{ key: PEM, claims: { iss: EMAIL, size: 1n } }, '"assertion.claims" must be JSON'],
  [
    { key: PEM, claims: { iss: EMAIL }, lifetimeSeconds: 3601 },
    '"assertion.lifetimeSeconds" must be a number of seconds, 60 to 3600',
  ],
  [
    { key: PEM, claims: { iss: EMAIL }, lifetimeSeconds: 59 },
    '"assertion.lifetimeSeconds" must be a number of seconds, 60 to 3600',
  ],
]

test.each(WRONG.map(([assertion, problem]) => ({ assertion, problem })))(
  'a wrong assertion is told where the credential is made: $problem',
  ({ assertion, problem }) => {
    const options = {
      vendor: 'acme',
      origins: ['https://api.example.com'],
      tokenUrl: 'https://login.example.com/token',
    }
    try {
      Reflect.apply(jwtBearer, undefined, [{ ...options, assertion }])
    } catch (error) {
      if (!isCredentialError(error, 'invalid_option')) throw error
      expect(error.message).not.toContain('canary')
      return expect(error.message).toEqual(
        typeof problem === 'string' ? `[acme] ${problem}` : expect.stringMatching(problem),
      )
    }
    expect.fail('it was taken')
  },
)

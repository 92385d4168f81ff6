import { isCredentialError } from '@valetkey/core'
import { generateKeyPair } from 'jose'
import { describe, expect, test } from 'vitest'
import { clientCredentials } from '../src/index.ts'
import { complete } from './helpers/grants.ts'

const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
const publicJwk = await crypto.subtle.exportKey('jwk', publicKey)

/** What the factory says about the option `dpop`; as a program without types gives it. */
function refusalOf(dpop: unknown): string {
  const options = { ...complete({ tokenUrl: 'https://login.example.com/token' }), dpop }
  try {
    Reflect.apply(clientCredentials, undefined, [options])
    return 'taken'
  } catch (error) {
    if (isCredentialError(error, 'invalid_option')) return `${error.option}: ${error.message}`
    throw error
  }
}

describe('the option "dpop"', () => {
  test.each([undefined, false, true, {}, { alg: 'Ed25519' }, { key: { privateKey, publicJwk } }])(
    'may be %j',
    (dpop) => {
      expect(refusalOf(dpop)).toBe('taken')
    },
  )

  test.each(['true', 1, null, [], () => true])('may not be %s', (dpop) => {
    expect(refusalOf(dpop)).toBe('dpop: [acme] "dpop" must be true, or an object with "alg", "key" or both')
  })

  test('has members that are known', () => {
    expect(refusalOf({ algorithm: 'ES256' })).toMatch(/^dpop\.algorithm: .*"dpop.algorithm" is not an option/)
    expect(refusalOf({ alg: 'HS256' })).toMatch(/^dpop\.alg: .*must be one of 'ES256', /)
  })

  test.each([
    ['no pair', privateKey],
    ['a public key in place of the private one', { privateKey: publicKey, publicJwk }],
    ['no public JWK', { privateKey }],
    ['a private JWK', { privateKey, publicJwk: { ...publicJwk, d: 'canary-private-part' } }],
    ['a text', 'canary-private-part'],
  ])('takes no key that is %s, and shows none of it', (_, key) => {
    const message = refusalOf({ key })
    expect(message).toMatch(/^dpop\.key: .*must have a "privateKey"/)
    expect(message).not.toContain('canary')
  })

  test('takes no key that is a shared secret', async () => {
    const hmac = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign', 'verify'])
    const jwk = await crypto.subtle.exportKey('jwk', hmac)
    expect(refusalOf({ key: { privateKey: hmac, publicJwk: jwk } })).toMatch(/^dpop\.key: .*must have a "privateKey"/)
  })

  test.each(['ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA', 'PS256', 'RS256'] as const)(
    'takes an algorithm that its key is for, and no other: %s',
    async (alg) => {
      const pair = await generateKeyPair(alg === 'EdDSA' ? 'Ed25519' : alg)
      const key = { privateKey: pair.privateKey, publicJwk: await crypto.subtle.exportKey('jwk', pair.publicKey) }
      expect(refusalOf({ alg, key })).toBe('taken')
      const other = alg === 'ES256' ? 'ES384' : 'ES256'
      expect(refusalOf({ alg: other, key })).toBe(
        `dpop.alg: [acme] "dpop.alg" is '${other}', and "dpop.key" is for another algorithm`,
      )
    },
  )

  test('is read from own members only', () => {
    expect(refusalOf(Object.create({ alg: 'HS256' }))).toBe('taken')
  })
})

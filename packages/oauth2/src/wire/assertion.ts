import type { GrantContext } from '@valetkey/core'
import { modifyAssertion, PrivateKeyJwt } from 'oauth4webapi'
import type { AssertionAlgorithm, AssertionJwk, AssertionKey, AssertionKeyText } from '../grants/jwt-bearer.ts'
import { asRecord } from './answer.ts'
import { unsent } from './refusal.ts'

export interface JwtToSign {
  readonly key: AssertionKey
  readonly kid?: string | undefined
  readonly alg?: AssertionAlgorithm | undefined
  readonly claims: Readonly<Record<string, unknown>>
  readonly lifetimeSeconds: number
}

/** How far the vendor's clock may be behind ours: many refuse what was issued in their future. */
const BEHIND_SECONDS = 30

/** A JWT for one token request (RFC 7523 §3), as good as a secret for as long as it lives. @throws GrantError */
export async function signJwt(jwt: JwtToSign, context: GrantContext): Promise<string> {
  const { key, kid, claims, lifetimeSeconds } = jwt
  const jwk = typeof key === 'string' || key instanceof CryptoKey ? {} : asRecord(key)
  const name = kid ?? (typeof jwk.kid === 'string' ? jwk.kid : undefined)
  const alg = jwt.alg ?? (typeof jwk.alg === 'string' ? jwk.alg : undefined)
  const signing = key instanceof CryptoKey ? key : await importKey(key, alg ?? algorithmOf(jwk))
  const iat = Math.floor(context.now() / 1000) - BEHIND_SECONDS
  const payload = { ...claims, iat, exp: iat + lifetimeSeconds, jti: crypto.randomUUID() }
  const form = new URLSearchParams()
  const sign = PrivateKeyJwt(signing, {
    [modifyAssertion](header, made) {
      if (alg === 'EdDSA' && header.alg === 'Ed25519') header.alg = alg
      if (alg !== undefined && header.alg !== alg) throw new TypeError('the key is for another algorithm')
      Object.assign(header, { typ: 'JWT', ...(name !== undefined && { kid: name }) })
      for (const member of Object.keys(made)) delete made[member]
      Object.assign(made, payload)
    },
  })
  try {
    await sign({ issuer: '' }, { client_id: '' }, form, new Headers())
  } catch {
    throw unsent('"assertion.key" could not sign')
  }
  return form.get('client_assertion') ?? ''
}

/** @throws GrantError */
async function importKey(key: AssertionKeyText, alg: string): Promise<CryptoKey> {
  try {
    const how = parametersOf(alg)
    if (typeof key !== 'string') return await crypto.subtle.importKey('jwk', jwkOf(key), how, false, ['sign'])
    return await crypto.subtle.importKey('pkcs8', pkcs8Of(key), how, false, ['sign'])
  } catch {
    throw unsent('"assertion.key" could not be imported; "assertion.alg" names its algorithm where that is not RS256')
  }
}

/** What a JWK says about its use is the program's business: `alg` is decided already. */
function jwkOf(key: AssertionJwk): JsonWebKey {
  const { alg: _alg, use: _use, key_ops: _ops, ext: _ext, ...jwk } = asRecord(key)
  return jwk
}

/** Of a JWK that does not name one, and of PEM. */
function algorithmOf({ kty, crv }: Readonly<Record<string, unknown>>): string {
  if (kty === 'EC') return crv === 'P-521' ? 'ES512' : `ES${String(crv).slice(2)}`
  return kty === 'OKP' ? 'Ed25519' : 'RS256'
}

const CURVES: Readonly<Record<string, string>> = { '256': 'P-256', '384': 'P-384', '512': 'P-521' }

/** RFC 7518 §3.1 as WebCrypto has it. @throws TypeError */
function parametersOf(alg: string): AlgorithmIdentifier | RsaHashedImportParams | EcKeyImportParams {
  if (alg === 'Ed25519' || alg === 'EdDSA') return { name: 'Ed25519' }
  const [, kind, bits = ''] = /^([REP]S)(256|384|512)$/.exec(alg) ?? []
  if (kind === 'RS') return { name: 'RSASSA-PKCS1-v1_5', hash: `SHA-${bits}` }
  if (kind === 'PS') return { name: 'RSA-PSS', hash: `SHA-${bits}` }
  const namedCurve = CURVES[bits]
  if (namedCurve !== undefined) return { name: 'ECDSA', namedCurve }
  throw new TypeError('no algorithm that is known here')
}

/** PEM from an environment variable often has its line breaks as `\n`. @throws DOMException for what is no Base64 */
function pkcs8Of(pem: string): Uint8Array<ArrayBuffer> {
  const base64 = pem.replaceAll(/-----[A-Z ]+-----|\\[nr]|\s/g, '')
  const der = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  return pem.includes('BEGIN RSA PRIVATE KEY') ? wrapPkcs1(der) : der
}

/** The version 0 and the algorithm rsaEncryption (RFC 5208 §5, RFC 8017 appendix A.1) in DER. */
const RSA_ENCRYPTION = [2, 1, 0, 0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0]

/** What `openssl genrsa` and several vendors give out, as WebCrypto takes it. */
function wrapPkcs1(key: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(derOf(0x30, [...RSA_ENCRYPTION, ...derOf(0x04, [...key])]))
}

function derOf(tag: number, content: readonly number[]): number[] {
  const { length } = content
  return [tag, ...(length < 128 ? [length] : [0x82, length >> 8, length & 0xff]), ...content]
}

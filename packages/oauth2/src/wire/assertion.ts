import type { GrantContext } from '@valetkey/core'
import type { AssertionAlgorithm, AssertionKey, AssertionKeyText } from '../grants/jwt-bearer.ts'
import { asRecord } from './answer.ts'
import { importSigningKey, signJws } from './jws.ts'
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
  const header = { typ: 'JWT', ...(name !== undefined && { kid: name }) }
  return signJws(signing, alg, header, payload).catch(() => {
    throw unsent('"assertion.key" could not sign')
  })
}

/** @throws GrantError */
async function importKey(key: AssertionKeyText, alg: string): Promise<CryptoKey> {
  try {
    return await importSigningKey(typeof key === 'string' ? pkcs8Of(key) : key, alg)
  } catch {
    throw unsent('"assertion.key" could not be imported; "assertion.alg" names its algorithm where that is not RS256')
  }
}

/** Of a JWK that does not name one, and of PEM. */
function algorithmOf({ kty, crv }: Readonly<Record<string, unknown>>): string {
  if (kty === 'EC') return crv === 'P-521' ? 'ES512' : `ES${String(crv).slice(2)}`
  return kty === 'OKP' ? 'Ed25519' : 'RS256'
}

/** PEM from an environment variable often has its line breaks as `\n`. @throws DOMException if it is not Base64 */
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

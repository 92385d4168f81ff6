import { modifyAssertion, PrivateKeyJwt } from 'oauth4webapi'
import { asRecord } from './answer.ts'

/**
 * A JWT with these claims and no others, signed by oauth4webapi.
 *
 * @param alg what the header has to say; `undefined`: what the key is for
 * @throws what WebCrypto throws; TypeError for a key that is for another algorithm
 */
export async function signJws(
  key: CryptoKey,
  alg: string | undefined,
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
): Promise<string> {
  const form = new URLSearchParams()
  const sign = PrivateKeyJwt(key, {
    [modifyAssertion](shown, made) {
      if (alg === 'EdDSA' && shown.alg === 'Ed25519') shown.alg = alg
      if (alg !== undefined && shown.alg !== alg) throw new TypeError('the key is for another algorithm')
      Object.assign(shown, header)
      for (const member of Object.keys(made)) delete made[member]
      Object.assign(made, claims)
    },
  })
  await sign({ issuer: '' }, { client_id: '' }, form, new Headers())
  return form.get('client_assertion') ?? ''
}

/** A private key as JWK or PKCS #8. @throws what WebCrypto throws; TypeError for an algorithm that is not known here */
export async function importSigningKey(key: Uint8Array<ArrayBuffer> | object, alg: string): Promise<CryptoKey> {
  const how = signingParameters(alg)
  if (key instanceof Uint8Array) return crypto.subtle.importKey('pkcs8', key, how, false, ['sign'])
  // What a JWK says about its use is the program's business: `alg` is decided already.
  const { alg: _alg, use: _use, key_ops: _ops, ext: _ext, ...jwk } = asRecord(key)
  return crypto.subtle.importKey('jwk', jwk, how, false, ['sign'])
}

const CURVES: Readonly<Record<string, string>> = { '256': 'P-256', '384': 'P-384', '512': 'P-521' }

/** RFC 7518 §3.1 as WebCrypto has it. @throws TypeError */
export function signingParameters(alg: string): Algorithm | RsaHashedImportParams | EcKeyImportParams {
  if (alg === 'Ed25519' || alg === 'EdDSA') return { name: 'Ed25519' }
  const [, kind, bits = ''] = /^([REP]S)(256|384|512)$/.exec(alg) ?? []
  if (kind === 'RS') return { name: 'RSASSA-PKCS1-v1_5', hash: `SHA-${bits}` }
  if (kind === 'PS') return { name: 'RSA-PSS', hash: `SHA-${bits}` }
  const namedCurve = CURVES[bits]
  if (namedCurve !== undefined) return { name: 'ECDSA', namedCurve }
  throw new TypeError('no algorithm that is known here')
}

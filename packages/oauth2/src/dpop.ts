import type { Clock, Credential, ResponseView, TokenCredentialDefinition } from '@valetkey/core'
import { CredentialError, invalidOption, knownOptions, refusesByDefault, systemClock } from '@valetkey/core/kit'
import type { ApiDialect } from './options.ts'
import { choose } from './options.ts'
import { asRecord, isBound } from './wire/answer.ts'

/** Tokens that are bound to a key (DPoP, RFC 9449): each request carries a proof that the program has it. */
export interface DpopOptions {
  /** How proofs are signed: what the vendor lists as `dpop_signing_alg_values_supported`. @default 'ES256', or what `key` is for */
  readonly alg?: DpopAlgorithm | undefined
  /**
   * The program's own key, which is never stored and is part of the store key: another key means other tokens.
   * @default one that is generated with the first tokens and stored with them for all processes that share the store
   * @example { privateKey, publicJwk: await crypto.subtle.exportKey('jwk', publicKey) }
   */
  readonly key?: DpopKey | undefined
}

export type DpopAlgorithm = 'ES256' | 'ES384' | 'ES512' | 'Ed25519' | 'EdDSA' | 'PS256' | 'RS256'

/** A key pair. The private key need not be extractable. */
export interface DpopKey {
  readonly privateKey: CryptoKey
  /** The public key as a JWK (RFC 7517), e.g. by `crypto.subtle.exportKey('jwk', publicKey)`. */
  readonly publicJwk: Readonly<JsonWebKey>
}

/** What WebCrypto calls a key for it: name, and curve or hash. */
const ALGORITHMS: Readonly<Record<DpopAlgorithm, string>> = {
  ES256: 'ECDSA P-256',
  ES384: 'ECDSA P-384',
  ES512: 'ECDSA P-521',
  Ed25519: 'Ed25519',
  EdDSA: 'Ed25519',
  PS256: 'RSA-PSS SHA-256',
  RS256: 'RSASSA-PKCS1-v1_5 SHA-256',
}
const NAMES = Object.keys(ALGORITHMS) as readonly DpopAlgorithm[]

const KEY_TYPES: readonly unknown[] = ['EC', 'OKP', 'RSA']

/** The option `dpop`, checked, and what is remembered for it. */
export interface Dpop {
  readonly alg: DpopAlgorithm | undefined
  /** Given by the program. */
  readonly key: DpopKey | undefined
  /** As part of a store key: tokens with a proof and tokens without one are not for each other's processes. */
  readonly identity: readonly string[]
  /** By origin, those asked last at the end. */
  readonly servers: Map<string, ProofServer>
  /** Stored keys that were imported, by the JWK as it was read. */
  readonly signers: WeakMap<object, Promise<unknown>>
}

/** What a server wants in proofs. */
export interface ProofServer {
  /** The last `DPoP-Nonce` that it gave. */
  readonly nonce?: string | undefined
  /** How far its clock is ahead of this machine's, ms. */
  readonly aheadMs?: number | undefined
}

/** @throws CredentialError `invalid_option` */
export function resolveDpop(vendor: string, option: boolean | DpopOptions = false): Dpop | undefined {
  if (option === false) return undefined
  if (option !== true && (typeof option !== 'object' || option === null || Array.isArray(option)))
    throw invalidOption(vendor, 'dpop', 'must be true, or an object with "alg", "key" or both')
  const own: DpopOptions = option === true ? {} : knownOptions(vendor, option, { alg: true, key: true }, 'dpop.')
  const alg = own.alg === undefined ? undefined : choose(vendor, 'dpop.alg', own.alg, NAMES)
  const identity = ['dpop', own.key === undefined ? '' : identityOfKey(vendor, own.key)]
  if (own.key && alg && kindOf(own.key.privateKey) !== ALGORITHMS[alg])
    throw invalidOption(vendor, 'dpop.alg', `is '${alg}', and "dpop.key" is for another algorithm`)
  return { alg, key: own.key, identity, servers: new Map(), signers: new WeakMap() }
}

function identityOfKey(vendor: string, key: DpopKey): string {
  const { privateKey, publicJwk } = asRecord(key)
  const { kty, crv, x, y, n, e, d } = asRecord(publicJwk)
  const canSign = privateKey instanceof CryptoKey && privateKey.usages.includes('sign')
  if (canSign && KEY_TYPES.includes(kty) && d === undefined) return JSON.stringify([kty, crv, x, y, n, e])
  const problem = 'must have a "privateKey" (a CryptoKey that may sign) and a "publicJwk" (the public key as a JWK)'
  throw invalidOption(vendor, 'dpop.key', problem)
}

function kindOf({ algorithm }: CryptoKey): string {
  const { name, namedCurve, hash }: Partial<EcKeyAlgorithm & RsaHashedKeyAlgorithm> = algorithm
  return [name, namedCurve ?? hash?.name].filter(Boolean).join(' ')
}

/** `error` of a challenge (RFC 9449 §7.1, §9); remote text, read in one pass. */
export function proofErrorOf(response: ResponseView): string | undefined {
  if (response.status !== 401) return undefined
  return /\berror="?(use_dpop_nonce|invalid_dpop_proof)\b/.exec(response.header('www-authenticate') ?? '')?.[1]
}

/** How the API takes tokens that are bound to a key, and how it refuses them: not by asking for another nonce. */
export function boundDialect(
  vendor: string,
  dpop: Dpop,
  { place = placeBound, carries, refuses = refusesByDefault }: ApiDialect,
  clock: Pick<Clock, 'now'> = systemClock,
): ApiDialect & Required<Pick<TokenCredentialDefinition, 'proof'>> {
  const refusesToken: Credential['refuses'] = (response) =>
    proofErrorOf(response) === 'use_dpop_nonce' ? false : refuses(response)
  return {
    place,
    carries: { query: [], ...carries, headers: [...(carries?.headers ?? ['authorization']), 'dpop'] },
    refuses: refusesToken,
    async proof(tokens, sent, answer) {
      const wire = import('./wire/dpop-proof.ts').catch(() => {
        const problem = 'a part of @valetkey/oauth2 could not be loaded'
        const retryAt = clock.now() + 1_000
        throw new CredentialError('token_unavailable', `${vendor}: ${problem}`, { vendor, retryAt })
      })
      const { proofForApi } = await wire
      return proofForApi(vendor, dpop, tokens, sent, clock.now(), answer)
    },
  }
}

/** RFC 9449 §7.1. Tokens that were imported as Bearer stay so until they are refreshed. */
const placeBound: NonNullable<ApiDialect['place']> = ({ accessToken, tokenType }) => ({
  headers: { authorization: `${isBound(tokenType) ? 'DPoP' : 'Bearer'} ${accessToken}` },
})

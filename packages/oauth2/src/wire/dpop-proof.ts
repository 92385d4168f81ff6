import type { GrantContext, ResponseView } from '@valetkey/core'
import { type BoundTokens, invalidOption, type ProofKey, type SentTo } from '@valetkey/core/kit'
import { type Dpop, type ProofServer, proofErrorOf } from '../dpop.ts'
import { asRecord, isBound } from './answer.ts'
import { importSigningKey, signingParameters, signJws } from './jws.ts'
import { unsent } from './refusal.ts'
import type { FormAnswer } from './request.ts'

/** Requests after the first for one token request: a server that changes its nonce with every answer must not cause a loop. */
const MAX_FURTHER_PROOFS = 3

/** APIs with patterns of origins may have many hosts; one that was forgotten costs one more answer that names its nonce. */
const MAX_SERVERS = 100

/** RFC 9449 §8.1, and an end: it goes into a header of each request. */
const NONCE = /^[\x21\x23-\x5b\x5d-\x7e]{1,1024}$/

/** A proof is not refused for a smaller clock difference: the header `Date` has whole seconds, and answers take time. */
const MIN_SKEW_MS = 2_000

/** What signs proofs, and what they show of it. */
interface Signer {
  /** `undefined`: what the key is for. */
  readonly alg: string | undefined
  readonly privateKey: CryptoKey
  readonly publicJwk: Readonly<Record<string, unknown>>
}

/** What a proof is for. */
interface Proven {
  readonly method: string
  readonly url: string
  readonly accessToken?: string
  /** From the answer to the same request, as servers may take each nonce once. @default the last one that the server gave */
  readonly nonce?: string | undefined
}

/**
 * A token request with a proof, sent again where the server only wants another nonce (RFC 9449 §8), or has another clock: it then has
 * spent neither code nor refresh token.
 *
 * @param send with these headers
 * @returns `proofKey`: the key that the tokens are bound to, to be stored; `undefined` for the program's own
 * @throws GrantError
 */
export async function requestWithProof(
  dpop: Dpop,
  url: URL,
  context: GrantContext,
  send: (headers: Readonly<Record<string, string>>) => Promise<FormAnswer>,
): Promise<{ readonly answer: FormAnswer; readonly proofKey: ProofKey | undefined }> {
  const proofKey = dpop.key ? undefined : (context.proofKey ?? (await generateKey(dpop)))
  const proven = { method: 'POST', url: url.href }
  let nonce: string | undefined
  for (let further = 0; ; further += 1) {
    const proof = await sign(dpop, proofKey, { ...proven, nonce }, context.now()).catch(() => undefined)
    if (proof === undefined) throw unsent('the key of "dpop" could not sign')
    const answer = await send({ dpop: proof })
    const { status, headers, body } = answer
    const error = status === 400 || status === 401 ? String(asRecord(body).error) : undefined
    const asked = askedFor(dpop, url.origin, error, (name) => headers.get(name), context.now())
    if (!asked || further === MAX_FURTHER_PROOFS) return { answer, proofKey }
    nonce = asked.nonce
  }
}

/** Of RSA keys; others have no such choice. */
const RSA_BITS = 2048
const RSA_EXPONENT = Uint8Array.of(1, 0, 1)

/** One for the life of a sign-in, or of the record. @throws GrantError */
async function generateKey({ alg = 'ES256' }: Dpop): Promise<ProofKey> {
  try {
    const how = { modulusLength: RSA_BITS, publicExponent: RSA_EXPONENT, ...signingParameters(alg) }
    const made = await crypto.subtle.generateKey(how, true, ['sign', 'verify'])
    if (!('privateKey' in made)) throw new TypeError('no key pair')
    const { key_ops: _ops, ext: _ext, ...jwk } = await crypto.subtle.exportKey('jwk', made.privateKey)
    return { ...jwk, alg }
  } catch {
    throw unsent('a key for "dpop" could not be made: WebCrypto needs a secure context, and must know the algorithm')
  }
}

/**
 * The header of one request to the API, or hop; `undefined` for a token that is bound to no key.
 *
 * @param answer to what was sent with the last proof: `undefined` where it does not ask for another one
 * @throws CredentialError `invalid_option` for a key that cannot sign
 */
export async function proofForApi(
  vendor: string,
  dpop: Dpop,
  { accessToken, tokenType, proofKey }: BoundTokens,
  { url, method = 'GET' }: SentTo,
  now: number,
  answer: ResponseView | undefined,
): Promise<{ readonly dpop: string } | undefined> {
  if (!isBound(tokenType) || (dpop.key ?? proofKey) === undefined) return undefined
  const header = (name: string) => answer?.header(name) ?? null
  const asked = answer && askedFor(dpop, new URL(url).origin, proofErrorOf(answer), header, now)
  if (answer && !asked) return undefined
  const proven = { method: method.toUpperCase(), url, accessToken, nonce: asked?.nonce }
  const proof = await sign(dpop, proofKey, proven, now).catch(() => undefined)
  if (proof === undefined) throw invalidOption(vendor, 'dpop', 'has a key that cannot sign')
  return { dpop: proof }
}

/**
 * Remembers what an answer says about proofs.
 *
 * @returns what another proof has to hold, that may be taken where the last one was not; `undefined`: none would
 */
function askedFor(
  dpop: Dpop,
  origin: string,
  error: string | undefined,
  header: (name: string) => string | null,
  now: number,
): Pick<Proven, 'nonce'> | undefined {
  const given = header('dpop-nonce') ?? ''
  const nonce = NONCE.test(given) ? given : undefined
  if (nonce !== undefined) remember(dpop, origin, { nonce })
  if (error === 'use_dpop_nonce') return nonce === undefined ? undefined : { nonce }
  if (error !== 'invalid_dpop_proof') return undefined
  const aheadMs = Date.parse(header('date') ?? '') - now
  const isNews = Math.abs(aheadMs - (dpop.servers.get(origin)?.aheadMs ?? 0)) >= MIN_SKEW_MS
  if (isNews) remember(dpop, origin, { aheadMs })
  return isNews ? { nonce } : undefined
}

function remember({ servers }: Dpop, origin: string, news: ProofServer): void {
  const known = servers.get(origin)
  servers.delete(origin)
  servers.set(origin, { ...known, ...news })
  for (const oldest of servers.keys()) if (servers.size > MAX_SERVERS) servers.delete(oldest)
}

/** RFC 9449 §4.2. */
async function sign(
  dpop: Dpop,
  proofKey: ProofKey | undefined,
  { method, url, accessToken, nonce: asked }: Proven,
  now: number,
): Promise<string> {
  const { alg, privateKey, publicJwk } = await signerOf(dpop, proofKey)
  const { origin, pathname } = new URL(url)
  const { nonce: last, aheadMs = 0 } = dpop.servers.get(origin) ?? {}
  const nonce = asked ?? last
  const claims = {
    jti: crypto.randomUUID(),
    htm: method,
    htu: origin + pathname,
    iat: Math.floor((now + aheadMs) / 1000),
    ...(accessToken !== undefined && { ath: await sha256(accessToken) }),
    ...(nonce !== undefined && { nonce }),
  }
  return signJws(privateKey, alg, { typ: 'dpop+jwt', jwk: publicJwk }, claims)
}

async function signerOf({ alg, key, signers }: Dpop, proofKey: ProofKey | undefined): Promise<Signer> {
  if (key) return { alg, privateKey: key.privateKey, publicJwk: publicPartOf(key.publicJwk) }
  if (!proofKey) throw new TypeError('there is no key')
  const known = signers.get(proofKey) as Promise<Signer> | undefined
  const signer = known ?? importKey(proofKey, alg)
  signers.set(proofKey, signer)
  return signer
}

/** A stored key stays with the algorithm that it was made for. */
async function importKey(proofKey: ProofKey, otherwise = 'ES256'): Promise<Signer> {
  const alg = typeof proofKey.alg === 'string' ? proofKey.alg : otherwise
  return { alg, privateKey: await importSigningKey(proofKey, alg), publicJwk: publicPartOf(proofKey) }
}

/** Base64url, as `ath` has it. */
async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  const base64 = btoa(String.fromCharCode(...new Uint8Array(digest)))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** The members of a public JWK that tell the key (RFC 7638 §3.2), by its type. */
const PUBLIC_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
}

/** What a proof shows of a key. @throws TypeError */
function publicPartOf(jwk: object): Readonly<Record<string, string>> {
  const own = asRecord(jwk)
  const names = PUBLIC_MEMBERS[String(own.kty)]
  const texts = names?.flatMap((name) => (typeof own[name] === 'string' ? [[name, own[name]] as const] : []))
  if (texts?.length === names?.length && texts) return Object.fromEntries(texts)
  throw new TypeError('no key of a known kind')
}

import type { GrantContext, TokenCredential, TokenGrant } from '@valetkey/core'
import type { Factory, OptionNames, Secret } from '@valetkey/core/kit'
import { createFactory, invalidOption, knownOptions, requireSecret } from '@valetkey/core/kit'
import type { TokenEndpoint } from '../endpoint.ts'
import { baseGrant, createGrantCredential, identityOf, resolveTokenEndpoint, scopeParameter } from '../endpoint.ts'
import type { ClientlessOptions } from '../options.ts'
import { choose, OAUTH_OPTIONS } from '../options.ts'
import type { Resources } from '../resources.ts'
import { withSeparateResources } from '../resources.ts'
import { asRecord } from '../wire/answer.ts'
import { readSecretOption, signingKey } from '../wire/client-auth.ts'
import { unsent } from '../wire/refusal.ts'
import { load, requestTokens, requireEndpoint } from '../wire/request.ts'
import { boundGrant, canonicalJson, requireAccount } from './subject.ts'

export interface JwtBearerOptions extends ClientlessOptions {
  /**
   * The assertion, or what to make one of for each token request. A function is asked for each token request; with a `store` it
   * needs an `account`, which says whose tokens they are.
   */
  readonly assertion: Secret | AssertionOptions
}

/** A JWT (RFC 7523 §3) that is signed here, with another `jti` for each token request. */
export interface AssertionOptions {
  /** What signs. Tokens are stored for the text of the key; a `CryptoKey` has none, so that they go to all who have the same claims. */
  readonly key: AssertionKey | (() => AssertionKeyText | Promise<AssertionKeyText>)
  /** The key's name where the vendor knows several. @default the `kid` of a JWK */
  readonly kid?: string | undefined
  /** @default the algorithm of a `CryptoKey`; the `alg` of a JWK; else `'RS256'` */
  readonly alg?: AssertionAlgorithm | undefined
  /** Part of the store key, so no secrets. @example { sub: 'skipper@example.com' } */
  readonly claims: AssertionClaims
  /** From `iat` to `exp`, 60 to 3,600 s. `iat` is 30 s ago, as the vendor's clock may be behind. @default 120 */
  readonly lifetimeSeconds?: number | undefined
}

/** PEM (PKCS#8 or PKCS#1, not encrypted), also with `\n` written out, or a private JWK (RFC 7517). */
export type AssertionKeyText = string | AssertionJwk

/** A JWK of WebCrypto and one of jose are such. */
export interface AssertionJwk {
  readonly kty?: string | undefined
  readonly d?: string | undefined
  readonly alg?: string | undefined
  readonly use?: string | undefined
  readonly kid?: string | undefined
}

/** A private `CryptoKey` that may sign, or a key as text or JWK. */
export type AssertionKey = CryptoKey | AssertionKeyText

/** RFC 7518 §3.1, RFC 9864. */
export type AssertionAlgorithm = (typeof ALGORITHMS)[number]

/** `iat`, `exp`, `nbf` and `jti` are not among them: they are made for each token request. */
export interface AssertionClaims {
  readonly iss: string
  readonly sub?: string | undefined
  /** @default the token endpoint */
  readonly aud?: string | readonly string[] | undefined
  /** Where the vendor reads the scopes here (Google). The option `scopes` is sent as a parameter next to the assertion. */
  readonly scope?: string | undefined
  readonly [name: string]: unknown
}

const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'Ed25519',
  'EdDSA',
] as const

const JWT_BEARER_OPTIONS: OptionNames<JwtBearerOptions> = { ...OAUTH_OPTIONS, assertion: true }

const ASSERTION_OPTIONS: OptionNames<AssertionOptions> = {
  key: true,
  kid: true,
  alg: true,
  claims: true,
  lifetimeSeconds: true,
}

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/**
 * Tokens for a signed JWT (RFC 7523 §2.1): service accounts and servers that act for a user who has consented before. Each
 * token is acquired with another assertion; a refresh token in the answer is dropped. Without `clientId` no client is named or authenticated.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const jwtBearer: Factory<JwtBearerOptions, TokenCredential & Resources> = /* @__PURE__ */ createFactory(
  '@valetkey/oauth2',
  JWT_BEARER_OPTIONS,
  createJwtBearer,
)

function createJwtBearer(own: JwtBearerOptions): TokenCredential & Resources {
  const endpoint = resolveTokenEndpoint(own, true)
  const { vendor } = own
  const assertion = isText(own.assertion) ? givenAssertion(own, own.assertion) : madeAssertion(vendor, own.assertion)
  const identity = identityOf(
    endpoint,
    { name: 'jwt_bearer', grantType: GRANT_TYPE },
    canonicalJson(assertion.identity),
  )
  const credential = createGrantCredential(own, endpoint, identity, jwtBearerGrant(endpoint, assertion))
  return withSeparateResources(credential, own, endpoint, jwtBearer)
}

function jwtBearerGrant(endpoint: TokenEndpoint, { secrets, read }: Assertion): TokenGrant {
  const grant: TokenGrant = {
    ...baseGrant(endpoint),
    async acquire(context) {
      const assertion = await read(endpoint, context)
      const parameters = { assertion, ...scopeParameter(endpoint) }
      const tokens = await requestTokens(endpoint, { grantType: GRANT_TYPE, parameters, secrets: [assertion] }, context)
      return { ...tokens, refreshToken: undefined, refreshExpiresIn: undefined }
    },
  }
  return boundGrant(endpoint, grant, secrets)
}

interface Assertion {
  /** The parts that change the token, except secrets. */
  readonly identity: unknown
  /** @throws GrantError */
  readonly secrets: readonly (() => Promise<string>)[]
  /** For one token request. @throws GrantError */
  read(endpoint: TokenEndpoint, context: GrantContext): Promise<string>
}

function isText(assertion: Secret | AssertionOptions): assertion is Secret {
  return typeof assertion !== 'object' || assertion === null
}

/** @throws CredentialError `invalid_option` */
function givenAssertion(options: JwtBearerOptions, assertion: Secret): Assertion {
  requireSecret(options.vendor, options, ['assertion'])
  requireAccount(options.vendor, options, 'assertion', assertion)
  const read = () => readSecretOption('assertion', assertion)
  return { identity: null, secrets: typeof assertion === 'function' ? [] : [read], read }
}

/** @throws CredentialError `invalid_option` */
function madeAssertion(vendor: string, options: AssertionOptions): Assertion {
  const { key, kid, alg, claims, lifetimeSeconds = 120 } = knownOptions(vendor, options, ASSERTION_OPTIONS)
  const option = (name: string) => `assertion.${name}`
  requireKey(vendor, option('key'), key)
  if (kid !== undefined && (typeof kid !== 'string' || kid === '')) {
    throw invalidOption(vendor, option('kid'), 'must be a non-empty string')
  }
  if (alg !== undefined) choose(vendor, option('alg'), alg, ALGORITHMS)
  const isLifetime = typeof lifetimeSeconds === 'number' && lifetimeSeconds >= 60 && lifetimeSeconds <= 3600
  if (!isLifetime) throw invalidOption(vendor, option('lifetimeSeconds'), 'must be a number of seconds, 60 to 3600')
  const fixed = fixedClaims(vendor, option('claims'), claims)
  const readKey = () => readAssertionKey(key)
  return {
    identity: fixed,
    secrets: key instanceof CryptoKey ? [] : [async () => canonicalJson(await readKey())],
    async read({ endpoints }, context) {
      const { signJwt } = await load(() => import('../wire/assertion.ts'))
      const audience = (await requireEndpoint(endpoints, 'tokenUrl', context)).href
      return signJwt({ key: await readKey(), kid, alg, claims: { aud: audience, ...fixed }, lifetimeSeconds }, context)
    },
  }
}

/** As they are now, for a program that changes its object later. @throws CredentialError `invalid_option` */
function fixedClaims(vendor: string, option: string, claims: AssertionClaims): Readonly<Record<string, unknown>> {
  const own = asRecord(claims)
  if (typeof own.iss !== 'string' || own.iss === '') throw invalidOption(vendor, option, 'must have "iss", a string')
  const made = ['iat', 'exp', 'nbf', 'jti'].find((name) => name in own)
  if (made !== undefined) {
    throw invalidOption(vendor, option, `must not hold "${made}": it is made for each token request`)
  }
  try {
    return asRecord(JSON.parse(JSON.stringify(own)))
  } catch {
    throw invalidOption(vendor, option, 'must be JSON')
  }
}

/** @throws CredentialError `invalid_option` */
function requireKey(vendor: string, option: string, key: unknown): void {
  if (typeof key === 'function' || signingKey(key) || isKeyText(key)) return
  const problem = /^-----BEGIN (?:EC|ENCRYPTED) PRIVATE KEY/.test(String(key).trim())
    ? 'must be PKCS#8: convert it with "openssl pkcs8 -topk8 -nocrypt"'
    : 'must be a private key: a CryptoKey with the usage "sign", PEM, a JWK, or a function that gives PEM or a JWK'
  throw invalidOption(vendor, option, problem)
}

function isKeyText(key: unknown): key is AssertionKeyText {
  if (typeof key === 'string') return /^-----BEGIN (?:RSA )?PRIVATE KEY-----/.test(key.trim())
  const { kty, d } = asRecord(key)
  return typeof kty === 'string' && typeof d === 'string'
}

/** For one token request. What its function throws is not passed on: the text may hold the key. @throws GrantError */
async function readAssertionKey(option: AssertionOptions['key']): Promise<AssertionKey> {
  const ask = async (): Promise<unknown> => (typeof option === 'function' ? option() : option)
  const key = await ask().catch(() => undefined)
  if (isKeyText(key)) return typeof key === 'string' ? key.trim() : key
  if (typeof option !== 'function' && option instanceof CryptoKey) return option
  throw unsent('"assertion.key" could not be read')
}

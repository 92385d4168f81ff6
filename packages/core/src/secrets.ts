import type { Authorization } from './credential.ts'
import type { AccessToken } from './token-credential.ts'

/** A secret, or where to read it each time it is needed (a vault, an environment that rotates). */
export type Secret = string | (() => string | Promise<string>)

/** The key that tokens are bound to (RFC 9449), as JSON: a private JWK. Core stores it, and hands it to those who make proofs. */
export type ProofKey = Readonly<Record<string, unknown>>

export async function readSecret(secret: Secret): Promise<string> {
  return typeof secret === 'function' ? await secret() : secret
}

/**
 * Makes every way of printing an object of `holder` give `describe(it)`. The secrets themselves belong in `#private`
 * members behind prototype getters, the only form that inspection, JSON, cloning and spreading all skip.
 *
 * Returns `holder`, so that a class whose call is marked as pure is left out of bundles that do not use it.
 */
export function redactSecrets<H extends { readonly prototype: object }>(
  holder: H,
  describe: (it: H['prototype']) => string,
): H {
  const print = {
    configurable: true,
    value(this: H['prototype']): string {
      return describe(this)
    },
  }
  Object.defineProperties(holder.prototype, {
    toJSON: print,
    toString: print,
    [Symbol.toPrimitive]: print,
    [Symbol.for('nodejs.util.inspect.custom')]: print,
    // `inspect(it, { showHidden, getters, customInspect: false })` calls the getters of any class that is not built in.
    constructor: { configurable: true, value: Object },
  })
  return holder
}

/** `fetch failed` ← the socket's error ← its own cause: as deep as platforms nest, and an end for a cause that holds itself. */
const MAX_CAUSES = 5

/** The same error with the authorization removed from its strings and from those of its causes: clients quote URLs and headers. */
export function redactError(error: unknown, authorization: Pick<Authorization, 'headers' | 'query'>): unknown {
  if (!isError(error)) return error
  const secrets = secretTexts(authorization)
  for (let it: unknown = error, depth = 0; isError(it) && depth < MAX_CAUSES; it = it.cause, depth += 1)
    for (const name of new Set(['message', 'stack', ...Object.keys(it)])) {
      const text: unknown = Reflect.get(it, name)
      const value = typeof text === 'string' ? secrets.reduce(mask, text) : text
      if (value !== text) Reflect.defineProperty(it, name, { value, configurable: true, writable: true })
    }
  return error
}

/** What an authorization carries, with the token of `Bearer …` or of a cookie. A string as short as `sid` is not treated as a secret. */
export function secretTexts({ headers, query }: Pick<Authorization, 'headers' | 'query'>): string[] {
  return Object.values({ ...headers, ...query })
    .flatMap((value) => [value, ...value.split(/[ =;]/)])
    .filter(({ length }) => length > 3)
}

/** Also of another realm, as those of the platform's fetch are under Jest. */
function isError(value: unknown): value is Error {
  if (value instanceof Error) return true
  return typeof value === 'object' && value !== null && 'message' in value && 'stack' in value
}

/** As it is, and as the URL parser prints it, which encodes the apostrophe too. */
function mask(text: string, secret: string): string {
  const encoded = encodeURIComponent(secret).replaceAll("'", '%27')
  return text.replaceAll(encoded, '***').replaceAll(secret, '***')
}

export interface AccessTokenParts {
  readonly accessToken: string
  readonly tokenType: string
  /** Unix ms. */
  readonly expiresAt?: number | undefined
  readonly scopes?: readonly string[] | undefined
}

const SecretAccessToken = /* @__PURE__ */ redactSecrets(
  class implements AccessToken {
    readonly #accessToken: string
    readonly tokenType: string
    declare readonly expiresAt?: number
    declare readonly scopes?: readonly string[]

    constructor({ accessToken, tokenType, expiresAt, scopes }: AccessTokenParts) {
      this.#accessToken = accessToken
      this.tokenType = tokenType
      if (expiresAt !== undefined) this.expiresAt = expiresAt
      if (scopes !== undefined) this.scopes = Object.freeze([...scopes])
      Object.freeze(this)
    }

    get accessToken(): string {
      return this.#accessToken
    }
  },
  (it) => `[AccessToken ${it.tokenType}]`,
)

/** An access token for a program to read; only its `accessToken` member shows the token. Absent parts are absent. */
export function createAccessToken(parts: AccessTokenParts): AccessToken {
  return new SecretAccessToken(parts)
}

export function hex(data: ArrayBuffer | Uint8Array): string {
  return Array.from(new Uint8Array(data), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

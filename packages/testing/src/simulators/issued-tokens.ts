import { generateKeyPair, type JWTPayload, jwtVerify, SignJWT } from 'jose'

export interface IssuedTokens {
  issue(claims: JWTPayload): Promise<string>
  /** The claims of a token that this simulator issued and that has neither expired nor been revoked. */
  check(token: string): Promise<JWTPayload | undefined>
  revoke(token: string): void
  revokeAll(): void
}

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>

/** RS256 tokens of one vendor; `keys` may be shared by its access and refresh tokens. */
export function createRsaTokens(keys: KeyPair, now: () => number): IssuedTokens {
  return createIssuedTokens('RS256', () => keys, now)
}

/**
 * HS256 tokens. Each is signed with a separate key: a vendor that puts no `jti` in its tokens would otherwise issue the same
 * token twice within a second, and a test could not distinguish the new one from the old.
 */
export function createHmacTokens(now: () => number): IssuedTokens {
  const newKey = () => {
    const secret = crypto.getRandomValues(new Uint8Array(32))
    return { privateKey: secret, publicKey: secret }
  }
  return createIssuedTokens('HS256', newKey, now)
}

/** Tokens that only this simulator can read: `newToken` makes the text, and `exp` counts if the claims have one. */
export function createOpaqueTokens(newToken: () => string, now: () => number): IssuedTokens {
  const live = new Map<string, JWTPayload>()
  return {
    async issue(claims) {
      const token = newToken()
      live.set(token, claims)
      return token
    },
    async check(token) {
      const claims = live.get(token)
      return claims && isExpired(claims, now()) ? undefined : claims
    },
    revoke: (token) => void live.delete(token),
    revokeAll: () => live.clear(),
  }
}

function isExpired({ exp = Number.POSITIVE_INFINITY }: JWTPayload, nowMs: number): boolean {
  return exp * 1000 <= nowMs
}

export function rsaKeys(): Promise<KeyPair> {
  return generateKeyPair('RS256')
}

interface SigningKeys {
  readonly privateKey: CryptoKey | Uint8Array
  readonly publicKey: CryptoKey | Uint8Array
}

function createIssuedTokens(alg: 'RS256' | 'HS256', keysFor: () => SigningKeys, now: () => number): IssuedTokens {
  const live = new Map<string, SigningKeys['publicKey']>()
  return {
    async issue(claims) {
      const { privateKey, publicKey } = keysFor()
      const token = await new SignJWT(claims).setProtectedHeader({ alg, typ: 'JWT' }).sign(privateKey)
      live.set(token, publicKey)
      return token
    },
    async check(token) {
      const key = live.get(token)
      if (key === undefined) return undefined
      const checked = jwtVerify(token, key, { algorithms: [alg], currentDate: new Date(now()) })
      return checked.then(
        ({ payload }) => payload,
        () => undefined,
      )
    },
    revoke: (token) => void live.delete(token),
    revokeAll: () => live.clear(),
  }
}

/** `iat` and `exp` as vendors write them: whole seconds, so that a token never outlives `expires_in`. */
export function lifetimeClaims(nowMs: number, expiresInSeconds: number): { iat: number; exp: number } {
  const iat = Math.floor(nowMs / 1000)
  return { iat, exp: iat + expiresInSeconds }
}

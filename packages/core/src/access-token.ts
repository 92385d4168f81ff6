import { hideSecrets } from './hide-secrets.ts'
import type { AccessToken } from './token-credential.ts'

export interface AccessTokenParts {
  readonly accessToken: string
  readonly tokenType: string
  /** Unix ms. */
  readonly expiresAt?: number | undefined
  readonly scopes?: readonly string[] | undefined
}

const SecretAccessToken = /* @__PURE__ */ hideSecrets(
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

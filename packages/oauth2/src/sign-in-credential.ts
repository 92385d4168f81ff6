import type { TokenCredential } from '@valetkey/core'

/** A credential whose tokens a person gives by signing in at the vendor. Safe for concurrent use. */
export interface SignInCredential extends TokenCredential {
  /**
   * Where to send the user, and what to keep (JSON) until they come back. PKCE S256 and state always.
   *
   * @throws CredentialError `invalid_option`; `token_unavailable`, `client_rejected` when the issuer has to be asked for its endpoints
   */
  beginSignIn(options?: BeginSignInOptions): Promise<{ url: URL; signIn: PendingSignIn }>
  /**
   * Checks state, issuer (RFC 9207) and error; exchanges the code; stores the tokens in place of what was there.
   *
   * @param callbackUrl where the user came back to; the host is not looked at, and a path with its query is enough
   * @throws CredentialError `sign_in_failed` with a `reason`, `client_rejected`, `token_unavailable`, `store_unavailable`,
   * `record_unreadable`, `timeout`. After `token_unavailable` the same callback may be tried again.
   */
  completeSignIn(callbackUrl: URL | string, signIn: PendingSignIn): Promise<void>
  /** The same vendor and client for another account, sharing store, settings and listeners. The same account gives the same state. */
  for(account: string): this
}

export interface BeginSignInOptions {
  /** In place of the credential's own, for this sign-in. */
  readonly scopes?: readonly string[] | undefined
  /** Further parameters of the authorization request, e.g. `prompt`; none that this package sets itself. */
  readonly extra?: Readonly<Record<string, string>> | undefined
}

/**
 * Plain JSON that the program keeps in the user's session between begin and complete. It holds the PKCE verifier, so treat it
 * as a secret.
 */
export interface PendingSignIn {
  readonly state: string
  readonly codeVerifier: string
  readonly redirectUri: string
  readonly issuer?: string
  /** What was asked for: granted, unless the vendor says otherwise (RFC 6749 §5.1). */
  readonly scopes?: readonly string[]
  /** Unix ms. */
  readonly expiresAt: number
}

import type { TokenCredential } from '@valetkey/core'

/** A credential whose tokens a person gives by signing in on another device. Safe for concurrent use. */
export interface DeviceCredential extends TokenCredential {
  /**
   * Asks the vendor for a code that the person enters on another device, and waits in the background until they have.
   * `signal` ends that; so does `close()`.
   *
   * @throws CredentialError `client_rejected`, `token_unavailable`, `timeout`; `signal.reason`
   */
  beginSignIn(options?: { readonly signal?: AbortSignal | null | undefined }): Promise<DeviceSignIn>
  /** The same vendor and client for another account, sharing store, settings and listeners. The same account gives the same state. */
  for(account: string): this
}

/** What to show to the person, and when they are done. */
export interface DeviceSignIn {
  readonly userCode: string
  readonly verificationUri: string
  /** The same page with the code filled in, for a link or a QR code. */
  readonly verificationUriComplete?: string
  /** Unix ms, by this machine's clock. */
  readonly expiresAt: number
  /**
   * Resolves when the tokens are stored. Nobody has to await it: its rejection never counts as unhandled. Until then the
   * process stays alive, for as long as the code does.
   *
   * @throws CredentialError `sign_in_failed` with the reason `access_denied`, `expired_token`, `invalid_grant` or `closed`;
   * `client_rejected`, `store_unavailable`, `record_unreadable`; `signal.reason`
   */
  readonly done: Promise<void>
}

/** What each error code adds; times in Unix ms. */
export interface CredentialErrorDetails {
  /** Nothing is stored and the grant needs a human. */
  not_signed_in: object
  /** The grant is dead (`invalid_grant`, refresh token used up): somebody must sign in again. */
  reauthorization_required: { readonly reason: string; readonly since: number }
  /** The vendor refuses the client or the configured sign-in itself. */
  client_rejected: {
    readonly oauthError?: string | undefined
    readonly description?: string | undefined
    readonly status?: number | undefined
  }
  /** The token endpoint is down, slow, rate limited or answers nonsense. */
  token_unavailable: { readonly retryAt: number; readonly status?: number | undefined }
  /** The store cannot be reached and no valid token is in memory. */
  store_unavailable: object
  /** `maxWaitMs` passed. */
  timeout: object
  /** A stored record is of another key, tampered with, or of a newer version; it is never overwritten. */
  record_unreadable: object
  /** The callback of a sign-in is not ours, or the user refused. */
  sign_in_failed: { readonly reason: string }
  /** A redirect would carry a key off its origins and the platform leaves us no hand in it. */
  redirect_refused: object
  not_a_jwt: object
  insecure_url: object
  /** Misuse, thrown where the option is given. */
  invalid_option: { readonly option: string }
}

export type CredentialErrorCode = keyof CredentialErrorDetails

const RETRYABLE: ReadonlySet<CredentialErrorCode> = new Set(['token_unavailable', 'store_unavailable', 'timeout'])

const isCredentialErrorMark = Symbol.for('valetkey.CredentialError')

export interface CredentialErrorInit {
  readonly vendor: string
  readonly account?: string | undefined
}

/**
 * Every error of valetkey. `message`, `stack`, `cause`, JSON and inspection hold no token, secret, password or API key.
 * Tell errors apart by `code` with `isCredentialError(error, code)`.
 */
export class CredentialError<Code extends CredentialErrorCode = CredentialErrorCode> extends Error {
  override readonly name = 'CredentialError'
  readonly code: Code
  readonly vendor: string
  readonly account: string
  /** Whether the same call may succeed later without anybody doing anything. */
  readonly isRetryable: boolean

  constructor(code: Code, message: string, init: CredentialErrorInit & CredentialErrorDetails[Code]) {
    super(message)
    Object.defineProperty(this, isCredentialErrorMark, { value: true })
    const { vendor, account = 'default', ...details } = init
    this.code = code
    this.vendor = vendor
    this.account = account
    this.isRetryable = RETRYABLE.has(code)
    Object.assign(this, details)
  }
}

/** A `CredentialError` with this code and what the code adds. */
export type CredentialErrorOf<Code extends CredentialErrorCode> = CredentialError<Code> & CredentialErrorDetails[Code]

/** Recognises a `CredentialError`, also one of another copy of this package, and narrows by code. */
export function isCredentialError(error: unknown): error is CredentialError
export function isCredentialError<Code extends CredentialErrorCode>(
  error: unknown,
  code: Code,
): error is CredentialErrorOf<Code>
export function isCredentialError(error: unknown, code?: CredentialErrorCode): boolean {
  if (typeof error !== 'object' || error === null || !(isCredentialErrorMark in error)) return false
  return code === undefined || ('code' in error && error.code === code)
}

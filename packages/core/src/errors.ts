import { ownMembers } from './members.ts'

/** What each error code adds; times in Unix ms. */
export interface CredentialErrorDetails {
  /** Nothing is stored and the grant needs a human. */
  not_signed_in: object
  /** The refresh token is used up or revoked (`invalid_grant`): a person must sign in again. */
  reauthorization_required: { readonly reason: string; readonly since: number }
  /** The vendor refuses the client or the configured sign-in itself. */
  client_rejected: {
    readonly oauthError?: string | undefined
    readonly description?: string | undefined
    readonly status?: number | undefined
  }
  /** The token endpoint is down, slow, rate limited or answers nonsense. */
  token_unavailable: {
    readonly retryAt: number
    readonly oauthError?: string | undefined
    readonly description?: string | undefined
    readonly status?: number | undefined
  }
  /** The store cannot be reached and no valid token is in memory. */
  store_unavailable: object
  /** `maxWaitMs` passed. */
  timeout: object
  /**
   * A stored record is of another key, of a newer version, encrypted, or no record at all; it is never overwritten. Only with
   * `damaged`, given for a record that can never be read again, a new sign-in replaces it, as a write that expects `version`.
   */
  record_unreadable: { readonly damaged?: { readonly now: number; readonly version: string } | undefined }
  /** The callback of a sign-in is not ours, or the user refused. */
  sign_in_failed: { readonly reason: string }
  /** The API redirected to an origin that must not get the key, and browsers do not let programs intercept redirects. */
  redirect_refused: object
  /** No credential covers the URL's origin, and the client (`uncovered: 'throw'`) or the request asked for one. */
  uncovered_origin: { readonly origin: string }
  not_a_jwt: object
  insecure_url: object
  /** Misuse, thrown where the option is given. */
  invalid_option: { readonly option: string }
}

export type CredentialErrorCode = keyof CredentialErrorDetails

const RETRYABLE: ReadonlySet<CredentialErrorCode> = new Set(['token_unavailable', 'store_unavailable', 'timeout'])

const isCredentialErrorMark = Symbol.for('valetkey.CredentialError')

/** Its members are those of the error, and are shown: options, which hold secrets, do not fit. */
export interface CredentialErrorInit {
  readonly vendor: string
  readonly account?: string | undefined
  readonly store?: never
  readonly clock?: never
}

/**
 * Every error of valetkey. `message`, `stack`, `cause`, JSON and inspection hold no token, secret, password or API key.
 * Distinguish errors by `code` with `isCredentialError(error, code)`.
 */
export class CredentialError<Code extends CredentialErrorCode = CredentialErrorCode> extends Error {
  override readonly name = 'CredentialError'
  readonly code: Code
  readonly vendor: string
  readonly account: string
  /** Whether the same call may succeed later without intervention. */
  readonly isRetryable: boolean

  constructor(code: Code, message: string, init: CredentialErrorInit & CredentialErrorDetails[Code]) {
    super(message)
    Object.defineProperty(this, isCredentialErrorMark, { value: true })
    const { vendor, account = 'default', ...details } = ownMembers(init)
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

import type { GrantFailureKind } from '@valetkey/core'

/** The vendor refuses the client or the request as configured (RFC 6749 §5.2, RFC 8707 §2): asking again would not help. */
const CLIENT_REJECTED: ReadonlySet<string> = new Set([
  'invalid_client',
  'unauthorized_client',
  'invalid_scope',
  'invalid_request',
  'unsupported_grant_type',
  'invalid_target',
  'access_denied',
])

/** Says nothing about the credentials (RFC 6749 §4.1.2.1, RFC 8628 §3.5). */
const TRANSIENT: ReadonlySet<string> = new Set(['temporarily_unavailable', 'server_error', 'slow_down'])

/**
 * What an answer without tokens means. Only a well-formed OAuth error that is not 429 or 5xx may say "your credentials are
 * wrong"; everything else is the vendor's trouble.
 */
export function classify(grantType: string, status: number, oauthError: string | undefined): GrantFailureKind {
  const refresh = grantType === 'refresh_token'
  if (oauthError === undefined || !blamesTheClient(status) || TRANSIENT.has(oauthError)) return 'unavailable'
  if (oauthError === 'invalid_grant') return refresh ? 'grant_dead' : 'client_rejected'
  if (CLIENT_REJECTED.has(oauthError)) return 'client_rejected'
  // A code that no standard knows: a person can correct a first sign-in, but no grant is thrown away for it.
  return refresh ? 'unavailable' : 'client_rejected'
}

/** 2xx too: some vendors answer 200 with an `error`. */
function blamesTheClient(status: number): boolean {
  return (status >= 200 && status < 300) || (status >= 400 && status < 500 && status !== 429)
}

/** Codes that a sign-in or a revocation acts upon, beside those above (RFC 7009 §2.2.1, RFC 8628 §3.5). */
const OTHERS: ReadonlySet<string> = new Set([
  'invalid_grant',
  'authorization_pending',
  'expired_token',
  'unsupported_token_type',
])

/** A code of the standards: no secret, even if a short secret occurs in it. */
export function isStandardCode(oauthError: string | undefined): boolean {
  return oauthError !== undefined && [CLIENT_REJECTED, TRANSIENT, OTHERS].some((codes) => codes.has(oauthError))
}

/** `error` when it has the form of a code; `"Bad Request"` and objects are no OAuth errors. */
export function oauthErrorCode(error: unknown): string | undefined {
  return typeof error === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/.test(error) ? error : undefined
}

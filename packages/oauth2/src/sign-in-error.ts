import type { CredentialErrorInit, GrantFailure } from '@valetkey/core'
import { CredentialError, isGrantError } from '@valetkey/core'

/** The vendor says nothing about when to come back. */
const RETRY_MS = 1_000

/** OAuth errors of a token request that concern this one sign-in, not the client (RFC 6749 §5.2, RFC 8628 §3.5). */
const OF_THE_SIGN_IN: ReadonlySet<string> = new Set(['invalid_grant', 'access_denied', 'expired_token'])

export function signInFailed(reason: string, problem: string, of: CredentialErrorInit): CredentialError {
  return new CredentialError('sign_in_failed', `${of.vendor}: ${problem}`, { ...of, reason })
}

/** What a request of a sign-in failed with, as the program is told it. @param now Unix ms */
export function signInError(error: unknown, of: CredentialErrorInit, now: number): unknown {
  return isGrantError(error) ? fromFailure(error.failure, of, now) : error
}

function fromFailure(failure: Readonly<GrantFailure>, of: CredentialErrorInit, now: number): CredentialError {
  const { kind, status, oauthError, description, retryAfterMs = RETRY_MS } = failure
  const words = [oauthError, description].filter(Boolean).join(': ') || `status ${status ?? 'unknown'}`
  if (kind === 'unavailable') {
    const message = `${of.vendor}: the authorization server cannot be used now (${words})`
    return new CredentialError('token_unavailable', message, { ...of, retryAt: now + retryAfterMs, status })
  }
  if (oauthError !== undefined && OF_THE_SIGN_IN.has(oauthError)) {
    return signInFailed(oauthError, `the vendor refuses this sign-in (${words}); sign in again`, of)
  }
  const message = `${of.vendor}: the vendor refuses the configured client or sign-in (${words}); check its id and secret`
  return new CredentialError('client_rejected', message, { ...of, oauthError, description, status })
}

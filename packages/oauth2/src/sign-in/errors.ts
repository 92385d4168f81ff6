import type { CredentialOptions, GrantContext } from '@valetkey/core'
import type { CredentialErrorInit, GrantFailure } from '@valetkey/core/kit'
import {
  CredentialError,
  innermostFetch,
  isGrantError,
  onAbort,
  systemClock,
  throwIfAborted,
  within,
} from '@valetkey/core/kit'

/** Long on purpose: giving up early only makes the outcome unknown. */
const LIMIT_MS = 60_000

/**
 * Runs what a person waits for: requests outside of the token lifecycle, below every credential of ours.
 *
 * @throws CredentialError `timeout` after 60 s; for a GrantError what it means to the program; `signal.reason`
 */
export async function requestSignIn<T>(
  options: CredentialOptions,
  of: { readonly vendor: string; readonly account: string },
  work: (context: GrantContext) => Promise<T>,
  signal?: AbortSignal | null,
): Promise<T> {
  throwIfAborted(signal)
  const clock = options.clock ?? systemClock
  const limit = new AbortController()
  const leave = onAbort(signal, () => limit.abort())
  const context: GrantContext = {
    account: of.account,
    signal: limit.signal,
    fetch: innermostFetch(options.fetch ?? globalThis.fetch),
    now: () => clock.now(),
  }
  try {
    return await within(clock, LIMIT_MS, work(context), () => {
      limit.abort()
      const problem = `the authorization server gave no answer within ${LIMIT_MS / 1000} s`
      throw new CredentialError('timeout', `${of.vendor}: ${problem}`, of)
    })
  } catch (error) {
    throwIfAborted(signal)
    throw signInError(error, of, clock.now())
  } finally {
    leave()
  }
}

/** The vendor does not state when to try again. */
const RETRY_MS = 1_000

/**
 * What vendors say instead of `access_denied` (RFC 6749 §4.1.2.1) when a user refused. Microsoft:
 * https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-device-code. LinkedIn:
 * https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow
 */
const DECLINED: ReadonlySet<string> = new Set([
  'authorization_declined',
  'user_cancelled_authorize',
  'user_cancelled_login',
])

/** OAuth errors of a token request that concern this one sign-in, not the client (RFC 6749 §5.2, RFC 8628 §3.5). */
const OF_THE_SIGN_IN: ReadonlySet<string> = new Set(['invalid_grant', 'access_denied', 'expired_token', ...DECLINED])

/** The `reason` that an error of the vendor's becomes: one word where a person refused. */
export function signInReason(oauthError: string): string {
  return DECLINED.has(oauthError) ? 'access_denied' : oauthError
}

export function signInFailed(reason: string, problem: string, of: CredentialErrorInit): CredentialError {
  return new CredentialError('sign_in_failed', `${of.vendor}: ${problem}`, { ...of, reason })
}

/** The error of a request of a sign-in, as the program gets it. @param now Unix ms */
function signInError(error: unknown, of: CredentialErrorInit, now: number): unknown {
  return isGrantError(error) ? fromFailure(error.failure, of, now) : error
}

function fromFailure(failure: Readonly<GrantFailure>, of: CredentialErrorInit, now: number): CredentialError {
  const { kind, status, oauthError, description, retryAfterMs = RETRY_MS } = failure
  const code = status === undefined ? undefined : `status ${status}`
  const words = [code, [oauthError, description].filter(Boolean).join(': ')].filter(Boolean).join(', ')
  if (kind === 'token_unavailable') {
    const message = `${of.vendor}: the authorization server cannot be used now (${words})`
    const details = { retryAt: now + retryAfterMs, oauthError, description, status }
    return new CredentialError('token_unavailable', message, { ...of, ...details })
  }
  if (oauthError !== undefined && OF_THE_SIGN_IN.has(oauthError)) {
    return signInFailed(signInReason(oauthError), `the vendor refuses this sign-in (${words}); sign in again`, of)
  }
  const message = `${of.vendor}: the vendor refuses the configured client or sign-in (${words}); check its id and secret`
  return new CredentialError('client_rejected', message, { ...of, oauthError, description, status })
}

import type { Clock, CredentialErrorInit, GrantContext, TokenSet } from '@valetkey/core'
import { isCredentialError, isGrantError } from '@valetkey/core'
import type { DeviceAuthorization } from './device-authorization.ts'
import { signInFailed } from './sign-in-error.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import { requestTokens } from './token-request.ts'

/** RFC 8628 §3.5: for `slow_down`, from then on. */
const SLOWER_BY_MS = 5_000

/** A vendor that does not answer is asked half as often each time (RFC 8628 §3.5), but a person is waiting. */
const LONGEST_PAUSE_MS = 60_000

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code'

export interface Polling {
  readonly endpoint: TokenEndpoint
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly of: CredentialErrorInit
  /** Runs one request within the limits of a sign-in. */
  ask<T>(work: (context: GrantContext) => Promise<T>): Promise<T>
}

/** Nobody has signed in yet, or nobody knows. */
interface NotYet {
  readonly type: 'pending' | 'slower' | 'no-answer'
  /** At least so long before the next request. */
  readonly pauseMs: number
}

/**
 * Asks until the person has signed in (RFC 8628 §3.4, §3.5). A vendor that cannot be reached is asked again, until the code
 * expires.
 *
 * @throws CredentialError, `signal.reason`
 */
export async function pollForTokens(polling: Polling, authorization: DeviceAuthorization): Promise<TokenSet> {
  const { clock, signal, of } = polling
  const deadline = clock.monotonic() + authorization.lifetimeMs
  let { intervalMs } = authorization
  let pauseMs = intervalMs
  let failures = 0
  for (;;) {
    const leftMs = deadline - clock.monotonic()
    await clock.sleep(Math.min(pauseMs, leftMs), signal)
    signal.throwIfAborted()
    if (pauseMs >= leftMs) throw signInFailed('expired_token', 'nobody signed in before the code expired', of)
    const answer = await attempt(polling, authorization)
    if (!('type' in answer)) return answer
    if (answer.type === 'slower') intervalMs += SLOWER_BY_MS
    failures = answer.type === 'no-answer' ? failures + 1 : 0
    pauseMs = Math.max(intervalMs, Math.min(intervalMs * 2 ** failures, LONGEST_PAUSE_MS), answer.pauseMs)
  }
}

async function attempt({ endpoint, ask }: Polling, { deviceCode }: DeviceAuthorization): Promise<TokenSet | NotYet> {
  const request = { grantType: GRANT_TYPE, parameters: { device_code: deviceCode }, secrets: [deviceCode] }
  try {
    return await ask((context) => requestTokens(endpoint, request, context).catch(notYet))
  } catch (error) {
    if (isCredentialError(error, 'timeout')) return { type: 'no-answer', pauseMs: 0 }
    throw error
  }
}

/** @throws the error when the sign-in is over */
function notYet(error: unknown): NotYet {
  if (!isGrantError(error)) throw error
  const { kind, oauthError, retryAfterMs = 0 } = error.failure
  if (oauthError === 'authorization_pending') return { type: 'pending', pauseMs: 0 }
  if (oauthError === 'slow_down') return { type: 'slower', pauseMs: retryAfterMs }
  if (kind === 'unavailable') return { type: 'no-answer', pauseMs: retryAfterMs }
  throw error
}

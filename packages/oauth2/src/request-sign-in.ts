import type { CredentialOptions, GrantContext } from '@valetkey/core'
import { CredentialError, innermostFetch, systemClock } from '@valetkey/core'
import { signInError } from './sign-in-error.ts'

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
  signal?.throwIfAborted()
  const clock = options.clock ?? systemClock()
  const finished = new AbortController()
  const limit = new AbortController()
  const context: GrantContext = {
    account: of.account,
    signal: signal ? AbortSignal.any([limit.signal, signal]) : limit.signal,
    fetch: innermostFetch(options.fetch ?? globalThis.fetch),
    now: () => clock.now(),
  }
  const late = clock.sleep(LIMIT_MS, finished.signal).then(() => {
    limit.abort()
    const problem = `the authorization server gave no answer within ${LIMIT_MS / 1000} s`
    throw new CredentialError('timeout', `${of.vendor}: ${problem}`, of)
  })
  try {
    return await Promise.race([work(context), late])
  } catch (error) {
    signal?.throwIfAborted()
    throw signInError(error, of, clock.now())
  } finally {
    finished.abort()
  }
}

import type { CredentialOptions, GrantContext } from '@valetkey/core'
import { requestSignIn } from './request-sign-in.ts'

/** `requestSignIn` that a signal of the program ends. @throws CredentialError, `signal.reason` */
export async function requestUntilAborted<T>(
  options: CredentialOptions,
  of: { readonly vendor: string; readonly account: string },
  signal: AbortSignal | null | undefined,
  work: (context: GrantContext) => Promise<T>,
): Promise<T> {
  if (!signal) return requestSignIn(options, of, work)
  signal.throwIfAborted()
  try {
    return await requestSignIn(options, of, (context) =>
      work({ ...context, signal: AbortSignal.any([context.signal, signal]) }),
    )
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}

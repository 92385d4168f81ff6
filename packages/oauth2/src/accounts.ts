import type { TokenCredential } from '@valetkey/core'
import { accountOption, forAccount } from '@valetkey/core/kit'

/**
 * The credentials of one vendor and client, one per account, made on demand and held weakly: a server may have very
 * many. They share everything except their tokens: listeners, and what `close()` waits for. The tokens of an account are in the
 * lifecycle that all its credentials share.
 *
 * @param first of any account
 * @param extend the credential that the program gets
 * @returns the credential of an account. @throws CredentialError `invalid_option` unless it is a non-empty string
 */
export function createAccounts<Extended extends object>(
  first: TokenCredential,
  extend: (credential: TokenCredential) => Extended,
): (account: string) => Extended {
  /** Held weakly. */
  const accounts = new Map<string, WeakRef<Extended>>()
  const forgotten = new FinalizationRegistry<string>((account) => {
    if (!accounts.get(account)?.deref()) accounts.delete(account)
  })
  return (name) => {
    const account = accountOption(first.vendor, { account: name })
    const known = accounts.get(account)?.deref()
    if (known) return known
    const extended = extend(forAccount(first, account))
    accounts.set(account, new WeakRef(extended))
    forgotten.register(extended, account)
    return extended
  }
}

import type { TokenCredential } from '@valetkey/core'
import { accountOption, forAccount } from '@valetkey/core/kit'

/** A server asks for the account of each request; with those of so many it makes no credential twice. */
const KEPT_LIMIT = 1_000

/**
 * The credentials of one vendor and client, one per account, made on demand; those asked for last are kept. They share everything
 * except their tokens: listeners, and what `close()` waits for. The tokens of an account are in the lifecycle that all its
 * credentials share, so it does not matter when one is made again.
 *
 * @param first of any account
 * @param extend the credential that the program gets
 * @returns the credential of an account. @throws CredentialError `invalid_option` unless it is a non-empty string
 */
export function createAccounts<Extended extends object>(
  first: TokenCredential,
  extend: (credential: TokenCredential) => Extended,
): (account: string) => Extended {
  /** The latest at the end. */
  const kept = new Map<string, Extended>()
  return (name) => {
    const account = accountOption(first.vendor, { account: name })
    const credential = kept.get(account) ?? extend(forAccount(first, account))
    kept.delete(account)
    kept.set(account, credential)
    if (kept.size > KEPT_LIMIT) kept.delete(kept.keys().next().value ?? account)
    return credential
  }
}

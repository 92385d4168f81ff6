import type { TokenSet } from './grant.ts'
import type { TokenCredential } from './token-credential.ts'

/** On a token credential: stores the tokens of a sign-in. A symbol of the registry, so that copies of this package agree. */
export const STORE_SIGN_IN: unique symbol = Symbol.for('valetkey.storeSignIn') as typeof STORE_SIGN_IN

/**
 * Stores the tokens that a person's sign-in gave for this credential's account, for packages that implement a sign-in.
 * They replace whatever is stored; no refresh that began before can overwrite them.
 * @throws CredentialError `store_unavailable`, `record_unreadable`, or `sign_in_failed` for tokens that cannot be used
 */
export async function storeSignIn(credential: TokenCredential, tokens: TokenSet): Promise<void> {
  const store = (credential as { [STORE_SIGN_IN]?: (tokens: TokenSet) => Promise<void> })[STORE_SIGN_IN]
  if (!store) throw new TypeError('storeSignIn takes a credential of createTokenCredential')
  await store(tokens)
}

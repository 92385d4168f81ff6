import { invalidOption } from '@valetkey/core/kit'
import type { TokenEndpoint } from '../endpoint.ts'
import { requireScopes } from '../options.ts'

/** What one sign-in asks for, as the program says it. */
export interface WantedScopes {
  readonly scopes?: readonly string[] | undefined
  readonly addScopes?: readonly string[] | undefined
}

/**
 * The scopes of one sign-in: those that are given, else the credential's own. `addScopes` are asked for together with what has
 * been granted, since the new tokens replace the stored ones; if nothing was granted, with the credential's scopes.
 *
 * @param granted scopes of the stored tokens
 * @throws CredentialError `invalid_option`, and what `granted` rejects with
 */
export async function scopesToAsk(
  { vendor, scopes: own, dialect }: Pick<TokenEndpoint, 'vendor' | 'scopes' | 'dialect'>,
  { scopes, addScopes }: WantedScopes,
  granted: () => Promise<readonly string[] | undefined>,
): Promise<readonly string[]> {
  if (addScopes === undefined) {
    requireScopes(vendor, scopes ?? own)
    return scopes ?? own
  }
  requireScopes(vendor, addScopes, 'addScopes')
  if (scopes !== undefined) throw invalidOption(vendor, 'addScopes', 'must not be given together with "scopes"')
  if (dialect.scopeFormat === 'omit')
    throw invalidOption(vendor, 'addScopes', `must not be given with scopeFormat 'omit'`)
  return [...new Set([...own, ...((await granted()) ?? []), ...addScopes])]
}

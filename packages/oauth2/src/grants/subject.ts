import type { CredentialOptions, TokenGrant } from '@valetkey/core'
import type { Secret } from '@valetkey/core/kit'
import { invalidOption } from '@valetkey/core/kit'
import type { TokenEndpoint } from '../endpoint.ts'

/** One member of a store key: the same for members in any order. @throws TypeError for a value that is not JSON */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/**
 * A function may give another text each time (an assertion with the time in it, the token of a CI job): it does not tell whose
 * tokens are in the store, and binds them to nothing that the next process could show. With `keyedBy: 'identity'` this also
 * applies to a subject that is a secret.
 *
 * @param named the option that says whose tokens they are
 * @throws CredentialError `invalid_option` where nothing tells them apart from another subject's
 */
export function requireAccount(
  vendor: string,
  { store, account, keyedBy }: CredentialOptions,
  named: string,
  subject: Secret | object,
): void {
  if (store === undefined || account !== undefined) return
  const isUnbound = typeof subject === 'function' || keyedBy === 'identity'
  if (isUnbound)
    throw invalidOption(vendor, 'account', `is required: "${named}" does not say whose tokens are in "store"`)
}

/** The grant, its tokens bound to the client's secret and to these. Where there is none, a refusal is remembered in this process only. */
export function boundGrant(
  { clientAuthentication }: TokenEndpoint,
  own: TokenGrant,
  secrets: readonly (() => Promise<string>)[],
): TokenGrant {
  const { method, readSecret } = clientAuthentication
  const hasClientSecret = method === 'client_secret_basic' || method === 'client_secret_post'
  const { secrets: _, ...grant } = own
  if (secrets.length === 0 && !hasClientSecret) return grant
  const read = async () => JSON.stringify(await Promise.all([readSecret(), ...secrets.map((each) => each())]))
  return { ...grant, secrets: read }
}

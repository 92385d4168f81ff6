import type { CredentialStatus, TokenCredential } from '@valetkey/core'
import { hasMethods, invalidOption } from '@valetkey/core/kit'

/** Token credentials and API keys. API keys have no status. */
export interface ObservedCredential extends Pick<TokenCredential, 'vendor' | 'account' | 'on'> {
  status?(): Promise<CredentialStatus>
  /** For sign-in credentials: the same for another account. Listeners get the events of all accounts. */
  for?(account: string): ObservedCredential
}

/** Credentials that share listeners, as `for(account)` and `resource(uri)` of one credential do. */
export type Family = readonly [ObservedCredential, ...ObservedCredential[]]

/** @throws CredentialError `invalid_option` */
export function familiesOf(credentials: ObservedCredential | readonly ObservedCredential[]): readonly Family[] {
  const list = [credentials].flat()
  if (!list.every((credential) => hasMethods(credential, ['on'])))
    throw invalidOption('@valetkey/otel', 'credentials', 'must be a credential or an array of credentials')
  const families = new Map<ObservedCredential['on'], Family>()
  for (const credential of list) {
    const others = families.get(credential.on)
    families.set(credential.on, others ? [...others, credential] : [credential])
  }
  return [...families.values()]
}

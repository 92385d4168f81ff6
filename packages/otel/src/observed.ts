import type { CredentialStatus, TokenCredential } from '@valetkey/core'
import { hasMethods, invalidOption } from '@valetkey/core/kit'

/** Token credentials and API keys. Only the former have a status. */
export interface ObservedCredential extends Pick<TokenCredential, 'vendor' | 'account' | 'on'> {
  status?(): Promise<CredentialStatus>
}

/** @throws CredentialError `invalid_option` */
export function listOf(credentials: ObservedCredential | readonly ObservedCredential[]): readonly ObservedCredential[] {
  const list = [credentials].flat()
  if (list.every((credential) => hasMethods(credential, ['on']))) return list
  throw invalidOption('@valetkey/otel', 'credentials', 'must be a credential or an array of credentials')
}

import type { TokenCredential, TokenGrant } from '@valetkey/core'
import { createTokenCredential, invalidOption } from '@valetkey/core'
import { PACKAGE_NAME } from './package-name.ts'
import type { GrantOptions } from './token-endpoint.ts'

/** A credential of this grant, placed and refused as the vendor's API does it. @throws CredentialError `invalid_option` */
export function createGrantCredential(
  options: GrantOptions,
  identity: readonly string[],
  grant: TokenGrant,
): TokenCredential {
  const { vendor, origins, place, carries, refuses } = options
  for (const [name, value] of Object.entries({ place, refuses })) {
    if (value !== undefined && typeof value !== 'function')
      throw invalidOption(PACKAGE_NAME, name, 'must be a function')
  }
  return createTokenCredential({ vendor, origins, place, carries, refuses, identity, grant }, options)
}

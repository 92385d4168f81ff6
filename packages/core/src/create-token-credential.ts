import type { CredentialOptions, TokenCredential, TokenCredentialDefinition } from './token-credential.ts'

export function createTokenCredential(
  _definition: TokenCredentialDefinition,
  _options: CredentialOptions = {},
): TokenCredential {
  throw new Error('being written')
}

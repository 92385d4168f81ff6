import type { TokenCredential, TokenGrant } from '@valetkey/core'
import type { Factory, OptionNames, Secret } from '@valetkey/core/kit'
import { createFactory, requireSecret, requireText } from '@valetkey/core/kit'
import type { TokenEndpoint } from '../endpoint.ts'
import {
  createGrantCredential,
  identityOf,
  refreshingGrant,
  resolveTokenEndpoint,
  scopeParameter,
} from '../endpoint.ts'
import type { OAuthOptions } from '../options.ts'
import { OAUTH_OPTIONS } from '../options.ts'
import type { Resources } from '../resources.ts'
import { withResources } from '../resources.ts'
import { readSecretOption } from '../wire/client-auth.ts'
import { requestTokens } from '../wire/request.ts'

export interface PasswordOptions extends OAuthOptions {
  /** Whom to sign in. @example 'skipper@example.com' */
  readonly username: string
  /** The password, or a function that reads it for each sign-in. @example () => readFromVault('acme-password') */
  readonly password: Secret
}

const PASSWORD_OPTIONS: OptionNames<PasswordOptions> = { ...OAUTH_OPTIONS, username: true, password: true }

/**
 * Tokens for one user whose password the program holds (RFC 6749 §4.3), renewed by refresh token (§6) where the vendor gives one.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const password: Factory<PasswordOptions, TokenCredential & Resources> = /* @__PURE__ */ createFactory(
  '@valetkey/oauth2',
  PASSWORD_OPTIONS,
  createPassword,
)

function createPassword(own: PasswordOptions): TokenCredential & Resources {
  const endpoint = resolveTokenEndpoint(own)
  requireText(own.vendor, own, ['username'])
  requireSecret(own.vendor, own, ['password'])
  const grantOf = (of: TokenEndpoint) => passwordGrant(of, own)
  const identity = identityOf(endpoint, 'password', own.username)
  return withResources(createGrantCredential(own, endpoint, identity, grantOf(endpoint)), endpoint, grantOf)
}

export function passwordGrant(endpoint: TokenEndpoint, { username, password: secret }: PasswordOptions): TokenGrant {
  const readPassword = () => readSecretOption('password', secret)
  return {
    ...refreshingGrant(endpoint),
    async acquire(context) {
      const text = await readPassword()
      const parameters = { username, password: text, ...scopeParameter(endpoint) }
      return requestTokens(endpoint, { grantType: 'password', parameters, secrets: [text] }, context)
    },
    async secrets() {
      return JSON.stringify([await endpoint.clientAuthentication.readSecret(), await readPassword()])
    },
  }
}

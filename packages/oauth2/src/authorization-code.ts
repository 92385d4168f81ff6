import { invalidOption, memoryStore, requireText, storeSignIn } from '@valetkey/core'
import { createAccounts } from './accounts.ts'
import { refreshingGrant } from './base-grant.ts'
import { beginSignIn } from './begin-sign-in.ts'
import { completeSignIn } from './complete-sign-in.ts'
import { createGrantCredential } from './grant-credential.ts'
import { ownMembers } from './own-members.ts'
import { PACKAGE_NAME } from './package-name.ts'
import { requestSignIn } from './request-sign-in.ts'
import { resolveTokenEndpoint } from './resolve-token-endpoint.ts'
import type { SignInCredential } from './sign-in-credential.ts'
import type { GrantOptions, OAuthOptions, TokenEndpoint, VendorOptions } from './token-endpoint.ts'
import { identityOfSignIn, resolveVendorEndpoint } from './token-endpoint.ts'
import { parseUrlOption } from './url-option.ts'

/** Where users come back to. */
interface Redirection {
  /** Where the vendor sends the user back to, as it is registered there. https, or http on a loopback host (RFC 8252 §7.3). */
  readonly redirectUri: string
}

export interface AuthorizationCodeOptions extends OAuthOptions, Redirection {}

export interface VendorAuthorizationCodeOptions extends VendorOptions, Redirection {
  /** Where people sign in. */
  readonly authorizationUrl: string
}

/**
 * Tokens that people give by signing in at the vendor (RFC 6749 §4.1) with PKCE (RFC 7636), renewed by refresh token where the
 * vendor gives one. Without a `clientSecret` the client is a public one.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function authorizationCode(options: AuthorizationCodeOptions): SignInCredential {
  const own = ownMembers(options)
  if (own.issuer === undefined) requireText(PACKAGE_NAME, own, ['authorizationUrl'])
  return connect(own, resolveTokenEndpoint)
}

/**
 * `authorizationCode` for vendor packages, which know the endpoints: a bundle has no discovery, key or revocation of it.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function vendorAuthorizationCode(options: VendorAuthorizationCodeOptions): SignInCredential {
  const own = ownMembers(options)
  requireText(PACKAGE_NAME, own, ['authorizationUrl'])
  return connect(own, resolveVendorEndpoint)
}

function connect<Options extends GrantOptions & Redirection>(
  own: Options,
  resolveEndpoint: (own: Options) => TokenEndpoint,
): SignInCredential {
  const endpoint = resolveEndpoint(own)
  const redirectUri = requireRedirectUri(own)
  const settings = { ...own, store: own.store ?? memoryStore({ clock: own.clock }) }
  const identity = identityOfSignIn(endpoint, 'authorization_code')
  const grant = refreshingGrant(endpoint)

  const accountOf: (account: string) => SignInCredential = createAccounts(
    settings,
    (options) => createGrantCredential(options, identity, grant),
    (credential, shared): SignInCredential => {
      const of = { vendor: credential.vendor, account: credential.account }
      const place = { endpoint, identity, store: settings.store, of }
      const extended: SignInCredential = {
        ...credential,
        ...shared,
        beginSignIn: (begin = {}) =>
          requestSignIn(settings, of, (context) => beginSignIn(endpoint, redirectUri, begin, context)),
        completeSignIn: (callbackUrl, signIn) =>
          requestSignIn(settings, of, async (context) => {
            await storeSignIn(credential, await completeSignIn(place, callbackUrl, signIn, context))
          }),
        for: accountOf,
      }
      return Object.freeze(extended)
    },
  )
  return accountOf(own.account ?? 'default')
}

/** As it was written: vendors compare it letter by letter. Apps may have a scheme of their own (RFC 8252 §7.1). */
function requireRedirectUri(options: Redirection): string {
  requireText(PACKAGE_NAME, options, ['redirectUri'])
  const { redirectUri } = options
  if (!URL.canParse(redirectUri)) throw invalidOption(PACKAGE_NAME, 'redirectUri', 'must be an absolute URL')
  if (redirectUri.includes('#')) throw invalidOption(PACKAGE_NAME, 'redirectUri', 'must not hold a "#"')
  if (/^https?:/i.test(redirectUri)) {
    parseUrlOption(PACKAGE_NAME, { redirectUri, allowInsecureRequests: true }, 'redirectUri')
  }
  return redirectUri
}

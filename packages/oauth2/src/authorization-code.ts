import { invalidOption, memoryStore, requireText, storeSignIn } from '@valetkey/core'
import { createAccounts } from './accounts.ts'
import { beginSignIn } from './begin-sign-in.ts'
import { completeSignIn } from './complete-sign-in.ts'
import { createGrantCredential } from './grant-credential.ts'
import { ownMembers } from './own-members.ts'
import { PACKAGE_NAME } from './package-name.ts'
import { requestSignIn } from './request-sign-in.ts'
import type { SignInCredential } from './sign-in-credential.ts'
import { signInGrant } from './sign-in-grant.ts'
import type { OAuthOptions } from './token-endpoint.ts'
import { identityOfSignIn, resolveTokenEndpoint } from './token-endpoint.ts'
import { parseUrlOption } from './url-option.ts'

export interface AuthorizationCodeOptions extends OAuthOptions {
  /** Where the vendor sends the user back to, as it is registered there. https, or http on a loopback host (RFC 8252 §7.3). */
  readonly redirectUri: string
}

/**
 * Tokens that people give by signing in at the vendor (RFC 6749 §4.1) with PKCE (RFC 7636), renewed by refresh token where the
 * vendor gives one. Without a `clientSecret` the client is a public one.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function authorizationCode(options: AuthorizationCodeOptions): SignInCredential {
  const own = ownMembers(options)
  const endpoint = resolveTokenEndpoint(own)
  if (own.issuer === undefined) requireText(PACKAGE_NAME, own, ['authorizationUrl'])
  const redirectUri = requireRedirectUri(own)
  const settings = { ...own, store: own.store ?? memoryStore({ clock: own.clock }) }
  const identity = identityOfSignIn(endpoint, 'authorization_code')
  const grant = signInGrant(endpoint)

  const accountOf: (account: string) => SignInCredential = createAccounts(
    (account) => createGrantCredential({ ...settings, account }, identity, grant),
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
function requireRedirectUri(options: AuthorizationCodeOptions): string {
  requireText(PACKAGE_NAME, options, ['redirectUri'])
  const { redirectUri } = options
  if (!URL.canParse(redirectUri)) throw invalidOption(PACKAGE_NAME, 'redirectUri', 'must be an absolute URL')
  if (redirectUri.includes('#')) throw invalidOption(PACKAGE_NAME, 'redirectUri', 'must not hold a "#"')
  if (/^https?:/i.test(redirectUri)) {
    parseUrlOption(PACKAGE_NAME, { redirectUri, allowInsecureRequests: true }, 'redirectUri')
  }
  return redirectUri
}

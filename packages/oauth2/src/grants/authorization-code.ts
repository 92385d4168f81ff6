import type { GrantContext, TokenCredential } from '@valetkey/core'
import { memoryStore } from '@valetkey/core'
import type { Factory, OptionNames } from '@valetkey/core/kit'
import {
  accountOption,
  createFactory,
  invalidOption,
  isSecureEnough,
  knownOptions,
  ownMembers,
  requireText,
  storeSignIn,
} from '@valetkey/core/kit'
import { createAccounts } from '../accounts.ts'
import type { TokenEndpoint } from '../endpoint.ts'
import { createGrantCredential, identityOfSignIn, refreshingGrant, resolveTokenEndpoint } from '../endpoint.ts'
import type { OAuthOptions } from '../options.ts'
import { OAUTH_OPTIONS, parseUrlOption } from '../options.ts'
import type { AccountResourceCredential, Resources } from '../resources.ts'
import { resourcesOfAccounts } from '../resources.ts'
import { beginSignIn } from '../sign-in/begin.ts'
import type { SignInPlace } from '../sign-in/complete.ts'
import { completeSignIn } from '../sign-in/complete.ts'
import { requestSignIn } from '../sign-in/errors.ts'

/** A credential whose tokens a person gives by signing in at the vendor. Safe for concurrent use. */
export interface SignInCredential extends TokenCredential, Resources<AccountResourceCredential> {
  /** The option of this name: where users return to. */
  readonly redirectUri: string
  /**
   * Where to send the user, and what to keep (JSON) until they return. Always has a state, and PKCE S256 unless `pkce: false`.
   *
   * @throws CredentialError `invalid_option`; `token_unavailable`, `client_rejected` when the issuer has to be asked for its endpoints;
   * with `addScopes` also `store_unavailable`, `record_unreadable`
   */
  beginSignIn(options?: BeginSignInOptions): Promise<{ url: URL; signIn: PendingSignIn }>
  /**
   * Checks that this credential began the sign-in, its state, issuer (RFC 9207) and error; exchanges the code; replaces the stored tokens.
   *
   * @param callbackUrl where the user came back to; the host is not looked at, a path with its query is enough. The path must be
   * the one of `redirectUri`, except for a slash at its end; only the query (`?code=…&state=…`) is for servers behind a gateway that
   * rewrites paths, and for a `redirectUri` that is a name
   * @throws CredentialError `sign_in_failed` with a `reason`, `client_rejected`, `token_unavailable`, `store_unavailable`,
   * `record_unreadable`, `timeout`. After `token_unavailable` the same callback may be tried again.
   */
  completeSignIn(callbackUrl: URL | string, signIn: PendingSignIn): Promise<void>
  /** The same vendor and client for another account, sharing store, settings and listeners. The same account gives the same state. */
  for(account: string): this
}

export interface BeginSignInOptions {
  /** Instead of the credential's scopes, for this sign-in. @example ['boats:read'] */
  readonly scopes?: readonly string[] | undefined
  /**
   * In addition to the scopes of the stored tokens, or to the credential's if there are none; e.g. the `scopes` of the event
   * `scope_required`. Not together with `scopes`.
   */
  readonly addScopes?: readonly string[] | undefined
  /** Further parameters of the authorization request, e.g. `prompt`; none that this package sets itself. */
  readonly extra?: Readonly<Record<string, string>> | undefined
}

/**
 * Plain JSON that the program keeps in the user's session between begin and complete. It holds the state and the PKCE verifier,
 * so treat it as a secret.
 */
export interface PendingSignIn {
  readonly state: string
  /** Absent with `pkce: false`. */
  readonly codeVerifier?: string
  readonly redirectUri: string
  /** Which credential began it: vendor, endpoint, client and account in one text. No other completes it. */
  readonly credential: string
  readonly issuer?: string
  /** What was asked for: granted, unless the vendor says otherwise (RFC 6749 §5.1). */
  readonly scopes?: readonly string[]
  /** Unix ms. */
  readonly expiresAt: number
}

export interface AuthorizationCodeOptions extends OAuthOptions {
  /**
   * Where the vendor sends the user back to, sent exactly as it is written here: an https URL; http on a loopback host
   * (RFC 8252 §7.3) or on one that `allowInsecureRequests` lists; a URL with the app's own scheme (§7.1); or the name that the
   * vendor has instead of a URL, such as eBay's RuName or `urn:ietf:wg:oauth:2.0:oob`. A name begins with `urn:`, or holds none
   * of `/`, `\`, `?` and `:`.
   */
  readonly redirectUri: string
  /**
   * `false` sends no PKCE parameters (RFC 7636), for vendors that refuse them. Then a code that leaks can be spent by others who
   * hold the client's secret, so a client without a secret must not do without PKCE. @default true
   */
  readonly pkce?: boolean | undefined
}

const AUTHORIZATION_CODE_OPTIONS: OptionNames<AuthorizationCodeOptions> = {
  ...OAUTH_OPTIONS,
  redirectUri: true,
  pkce: true,
}

const BEGIN_OPTIONS: OptionNames<BeginSignInOptions> = { scopes: true, addScopes: true, extra: true }

/**
 * Tokens that people give by signing in at the vendor (RFC 6749 §4.1), by default with PKCE (RFC 7636), renewed by refresh
 * token where the vendor gives one. Without a `clientSecret` the client is a public one.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const authorizationCode: Factory<AuthorizationCodeOptions, SignInCredential> = /* @__PURE__ */ createFactory(
  '@valetkey/oauth2',
  AUTHORIZATION_CODE_OPTIONS,
  createAuthorizationCode,
)

function createAuthorizationCode(own: AuthorizationCodeOptions): SignInCredential {
  const endpoint = resolveTokenEndpoint(own)
  if (own.issuer === undefined) requireText(own.vendor, own, ['authorizationUrl'])
  const redirect = resolveRedirect(own)
  const pkce = requirePkce(own, endpoint)
  const settings = ownMembers({ ...own, store: own.store ?? memoryStore({ clock: own.clock }) })
  const identity = identityOfSignIn(endpoint, 'authorization_code')
  const grant = refreshingGrant(endpoint)

  const placeOf = (credential: TokenCredential) => {
    const of = { vendor: credential.vendor, account: credential.account }
    const began = JSON.stringify([of.vendor, ...identity, of.account])
    const granted = async () => (await credential.status()).scopes
    return { endpoint, identity, ...redirect, pkce, credential: began, store: settings.store, of, granted }
  }
  const accountOf: (account: string) => SignInCredential = createAccounts(
    createGrantCredential(settings, endpoint, identity, grant),
    (credential): SignInCredential => Object.freeze({ ...credential, ...ofEach }),
  )
  /** Shared by all accounts. */
  const ofEach = {
    ...resourcesOfAccounts(endpoint, refreshingGrant, accountOf),
    redirectUri: redirect.redirectUri,
    async beginSignIn(this: TokenCredential, given: BeginSignInOptions = {}) {
      const place = placeOf(this)
      const begin = knownOptions(own.vendor, given, BEGIN_OPTIONS)
      return requestSignIn(settings, place.of, (context) => beginSignIn(place, begin, context))
    },
    completeSignIn(this: TokenCredential, callbackUrl: URL | string, signIn: PendingSignIn) {
      const place = placeOf(this)
      const complete = (context: GrantContext) => completeSignIn(place, callbackUrl, ownMembers(signIn), context)
      return storeSignIn(this, requestSignIn(settings, place.of, complete))
    },
    for: accountOf,
  }
  return accountOf(accountOption(own.vendor, own))
}

/** A misspelled "http" or "https", one without its slashes, or a host and its port without a scheme. */
const BROKEN_URL = /^(?!https?:\/\/)(?:h{1,2}t{1,3}p{1,2}s{0,2}|t{2,3}p{1,2}s{0,2}|[a-z0-9.-]+(?=:\d+(?:\/|$))):/i

/** A vendor's name for the redirect URI; everything else is treated as a URL. */
const REGISTERED_NAME = /^(?:urn:.+|[^/\\?:]+)$/i

function resolveRedirect(options: AuthorizationCodeOptions): Pick<SignInPlace, 'redirectUri' | 'callbackPath'> {
  const { vendor, redirectUri, allowInsecureRequests } = options
  requireText(vendor, options, ['redirectUri'])
  if (redirectUri.includes('#')) throw invalidOption(vendor, 'redirectUri', 'must not hold a "#"')
  if (/[\s\p{Cc}]/u.test(redirectUri)) {
    throw invalidOption(vendor, 'redirectUri', 'must not hold spaces or control characters')
  }
  if (REGISTERED_NAME.test(redirectUri)) return { redirectUri, callbackPath: undefined }
  if (!URL.canParse(redirectUri) || BROKEN_URL.test(redirectUri)) {
    const problem = 'must be an absolute URL such as "https://app.example.com/callback", or a name that is registered'
    throw invalidOption(vendor, 'redirectUri', `${problem} at the vendor`)
  }
  const url = new URL(redirectUri)
  if (/^https?:$/.test(url.protocol)) {
    // A loopback host needs no permission (RFC 8252 §7.3).
    const permitted = isSecureEnough(url, true) || allowInsecureRequests
    parseUrlOption(vendor, { redirectUri, allowInsecureRequests: permitted }, 'redirectUri')
  }
  return { redirectUri, callbackPath: url.pathname }
}

/** Whether sign-ins have PKCE. @throws CredentialError `invalid_option` */
function requirePkce(options: AuthorizationCodeOptions, { clientAuthentication }: TokenEndpoint): boolean {
  const { vendor, pkce = true, clientSecret, clientKey } = options
  if (typeof pkce !== 'boolean') throw invalidOption(vendor, 'pkce', 'must be true or false', pkce)
  const hasSecret = clientAuthentication.method !== 'none' && (clientSecret ?? clientKey) !== undefined
  if (pkce || hasSecret) return pkce
  throw invalidOption(vendor, 'pkce', 'must not be false for a client without a secret')
}

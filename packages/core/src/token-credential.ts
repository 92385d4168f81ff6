/// <reference lib="esnext.disposable" preserve="true" />
import type { CarriedNames, Credential, ResponseView, SentTo, WaitOptions } from './credential.ts'
import type { CredentialErrorCode } from './errors.ts'
import type { CredentialEventListener, CredentialEventName } from './events.ts'
import type { OptionNames } from './options.ts'
import type { InsecureHosts } from './origins.ts'
import type { ProofKey } from './secrets.ts'
import type { TokenStore } from './store.ts'
import type { Clock } from './time.ts'
import type { TokenGrant, TokenSet } from './tokens/grant.ts'

/** A credential whose tokens are acquired, refreshed, shared and stored. Safe for concurrent use. */
export interface TokenCredential extends Credential, AsyncDisposable {
  /** The tokens now valid; refreshes or acquires first when they are not. The refresh token is not part of it. */
  getToken(options?: WaitOptions): Promise<AccessToken>
  /** Decoded (not verified) claims of a JWT access token. @throws CredentialError code `not_a_jwt` */
  claims<T extends object = JwtClaims>(options?: WaitOptions): Promise<T>
  /**
   * What the vendor's answers contain in addition to the tokens, e.g. `instance_url`, `account_id`, `x_refresh_token_expires_in`: the further members
   * of its answers, those of a later answer over those of an earlier one of the same sign-in; for a sign-in by callback also
   * the callback's, which came through a browser. A deeply frozen copy with names as on the wire, unchecked and
   * without tokens. Empty if there is none.
   *
   * Where tokens are stored no token request is made, also when they have expired or the grant has ended; where none are, it
   * acquires as `getToken` does.
   * @throws as `getToken`
   */
  details<T extends object = Record<string, unknown>>(options?: WaitOptions): Promise<Readonly<T>>
  /** Reads the store, and sends nothing. @throws CredentialError `store_unavailable`, `record_unreadable`, `token_unavailable` */
  status(): Promise<CredentialStatus>
  /**
   * Stores tokens that the program has from elsewhere for this account, as a sign-in does: they replace what is stored, and no
   * refresh that began before overwrites them. With a refresh token only, the first request refreshes. Sends nothing.
   *
   * A refresh token that is stored already, or was the last one imported, changes nothing while its grant is alive: it may have
   * been used up since. So a program may import the same one at each start.
   *
   * @returns whether they were stored
   * @throws CredentialError `invalid_option` with the member; `store_unavailable`, `record_unreadable`, `token_unavailable`
   */
  importTokens(tokens: ImportedTokens): Promise<{ imported: boolean }>
  /** Tombstone in the store first, then revocation at the vendor where it has one. */
  signOut(): Promise<{ revoked: boolean }>
  /**
   * Listens to one event, or with `'*'` to all: the listener then gets the name, and the detail.
   * @returns what removes the listener
   * @throws CredentialError `invalid_option` for an event that is none
   */
  on<E extends CredentialEventName | '*'>(event: E, listener: CredentialEventListener<E>): () => void
  /**
   * Waits until what is under way is stored, but not for longer than `timeoutMs`: what is not stored by then goes on while the
   * process lives. The credential stays usable. Call it before a process ends.
   * @throws CredentialError `invalid_option`
   */
  close(options?: CloseOptions): Promise<void>
}

export interface CloseOptions {
  /**
   * Upper bound of the wait, ms. Without it a token request of up to 60 s would be waited for; Docker and Cloud Run kill a process
   * 10 s after SIGTERM. @default 8_000
   */
  readonly timeoutMs?: number | undefined
}

/** Tokens from elsewhere: another library, a vendor's console. At least one of the two. */
export interface ImportedTokens {
  /** Refused where the grant does not refresh (client credentials). */
  readonly refreshToken?: string | undefined
  /** One that has expired is left out: the refresh token replaces it. */
  readonly accessToken?: string | undefined
  /** End of the access token, Unix ms by this machine's clock; absent: the `exp` of a JWT, else used until the API refuses it. */
  readonly expiresAt?: number | Date | undefined
  /** End of the refresh token, Unix ms; absent: the `exp` of a JWT, else unknown. */
  readonly refreshExpiresAt?: number | Date | undefined
  readonly scopes?: readonly string[] | undefined
  /** @default 'Bearer' */
  readonly tokenType?: string | undefined
  /** Other members of the vendor's answer that `place` uses, as the vendor named them. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined
}

/** Its token does not show in JSON, in inspection or in string conversion; read the member. */
export interface AccessToken {
  readonly accessToken: string
  readonly tokenType: string
  /** Unix ms, by this machine's clock; absent: the vendor named no lifetime. */
  readonly expiresAt?: number
  readonly scopes?: readonly string[]
}

export type CredentialStatus = CredentialStatusDetails &
  (
    | {
        /** There is a valid access token. */
        state: 'ready'
        expiresAt?: number
        /** Whether the next one needs no sign-in. `false` while the store is down, since it is unknown. */
        renewable: boolean
        /** The grant has ended although the access token has not: a person must sign in again, best before `expiresAt`. */
        reauthorization?: { reason: string; since: number }
      }
    /** No valid token now; the next use acquires or refreshes one. */
    | { state: 'renewable' }
    /** A human must sign in. */
    | { state: 'signed_out' }
    | { state: 'reauthorization_required'; reason: string; since: number }
  )

/** In every status; times in Unix ms, by this machine's clock. Absent: there is none, or the vendor does not say. */
export interface CredentialStatusDetails {
  /** Of the stored tokens, valid or not. */
  generation?: number
  /** When they were obtained: refreshed, acquired or signed in for. */
  refreshedAt?: number
  /** When the refresh token ends. */
  refreshExpiresAt?: number
  /** What the vendor granted. */
  scopes?: readonly string[]
  /** What went wrong since these tokens were obtained, in any process that shares the store. */
  lastError?: CredentialStatusError
}

export interface CredentialStatusError {
  code: CredentialErrorCode
  /** The `error` of the vendor's answer, its status, or words of valetkey; never a secret. */
  reason: string
  at: number
  /** The token endpoint is not asked before that. */
  retryAt?: number
}

/** `iss`, `sub`, `aud`, `exp`, `iat`, `nbf`, `jti` as in RFC 7519; anything else unknown. */
export interface JwtClaims {
  iss?: string
  sub?: string
  aud?: string | string[]
  exp?: number
  iat?: number
  nbf?: number
  jti?: string
  [claim: string]: unknown
}

/** What a vendor's access token and its further members become on a request. */
export interface PlacedTokens {
  readonly accessToken: string
  readonly tokenType: string
  readonly extra?: Readonly<Record<string, unknown>> | undefined
}

/** The input of a proof. */
export interface BoundTokens extends PlacedTokens {
  /** As the grant gave it with the tokens. A secret. */
  readonly proofKey?: ProofKey | undefined
}

export interface Placement {
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly query?: Readonly<Record<string, string>> | undefined
}

/** Of refresh tokens; durations in seconds. */
export interface RefreshLifetimes {
  /** From the token's own beginning; `'endless'`; `'none'`: the vendor gives none. An end in the vendor's answers counts more. */
  readonly refreshToken?: number | 'endless' | 'none' | undefined
  /** Without use. */
  readonly idle?: number | undefined
  /** Whether each refresh gives another refresh token. */
  readonly rotates?: boolean | undefined
}

export interface TokenCredentialDefinition {
  readonly vendor: string
  /** The origins (`https://api.example.com`) that the credential may be sent to, or patterns of them (`https://*.example.com`: exactly one label). */
  readonly origins: readonly string[]
  /**
   * Everything that changes the token, except secrets: token endpoint, client id, grant; plus the user name (password),
   * plus the sorted scopes (grants without a human).
   */
  readonly identity: readonly string[]
  readonly grant: TokenGrant
  /** Called once per generation; never sees the refresh token. @default Authorization: Bearer */
  readonly place?: ((tokens: PlacedTokens) => Placement) | undefined
  /** @default header `authorization` */
  readonly carries?: CarriedNames | undefined
  readonly refuses?: Credential['refuses'] | undefined
  /**
   * As `Credential.prove`, with the tokens that the request carries: gives the headers of one proof, which `carries` must name.
   * @default tokens are bound to no key
   */
  readonly proof?:
    | ((tokens: BoundTokens, sent: SentTo, answer?: ResponseView) => Promise<Placement['headers']>)
    | undefined
}

/** What every factory of a token credential takes. */
export interface CredentialOptions {
  /** @default memoryStore() */
  readonly store?: TokenStore | undefined
  /** Whose tokens these are. `undefined` or `''` is `invalid_option`, and never another user's account. @default 'default' */
  readonly account?: string
  /**
   * Who is given stored tokens that were acquired without a person. `'secrets'`: who holds the secrets that acquired them;
   * others have separate records. `'identity'`: all programs with this store, client and user, also without the secrets;
   * for a store with a single owner.
   * @default 'secrets'
   */
  readonly keyedBy?: 'secrets' | 'identity' | undefined
  /** For token requests only; looked up per call. @default globalThis.fetch @example (...request) => undiciFetch(...request) */
  readonly fetch?: typeof fetch | undefined
  /**
   * Permits `http:` for development: `true` for loopback hosts, an array for these hosts and no others, each with its port
   * (`['keycloak:8080']`; no wildcards). @default false
   */
  readonly allowInsecureRequests?: InsecureHosts | undefined
  /** Where the time comes from. @default the machine's clock @example virtualClock() */
  readonly clock?: Clock | undefined
  /** Refresh in the background this long before expiry, ms, while the current token is still used. @default 60_000, at most 20 % of the lifetime */
  readonly refreshAheadMs?: number | undefined
  /** Treat a token as expired this long before it is, ms. @default 5_000, at most 10 % of the lifetime */
  readonly expiryLeewayMs?: number | undefined
  /** Upper bound for any caller's wait, ms. @default 60_000 */
  readonly maxWaitMs?: number | undefined
  /**
   * Keeps a background refresh alive on runtimes that freeze after the response (Workers).
   * @example (promise) => context.waitUntil(promise)
   */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined
}

/** For `knownOptions` and `pickOptions`. */
export const CREDENTIAL_OPTIONS: OptionNames<CredentialOptions> = {
  store: true,
  account: true,
  keyedBy: true,
  fetch: true,
  allowInsecureRequests: true,
  clock: true,
  refreshAheadMs: true,
  expiryLeewayMs: true,
  maxWaitMs: true,
  waitUntil: true,
}

/** A token credential for one target (an API) of a grant that another one holds: it has no sign-in. */
export type TargetCredential = Omit<TokenCredential, 'importTokens'>

/** A further API that a grant gives access tokens for. */
export interface CredentialTarget {
  /** Tells this target from others of the grant, in the stored record: no secret, and not empty. */
  readonly target: string
  /** Its `refresh` gives access tokens for this target by the grant's refresh token, `acquire` the first of the grant. */
  readonly grant: TokenGrant
  /** @default those of the grant's own credential */
  readonly origins?: readonly string[] | undefined
}

/** On a token credential: what packages that extend it may do with it. A symbol of the registry, so that copies of this package agree. */
export const GRANT: unique symbol = Symbol.for('valetkey.grant') as typeof GRANT

/** Shared by all credentials; what each does says the function of this name. */
export interface GrantMethods {
  forTarget(credential: object, target: CredentialTarget): TargetCredential
  forAccount(credential: object, account: string): TokenCredential
  storeSignIn(credential: object, tokens: TokenSet | Promise<TokenSet>): Promise<void>
}

function methodsOf(credential: TokenCredential, caller: keyof GrantMethods): GrantMethods {
  const own = credential as { readonly [GRANT]?: GrantMethods }
  if (own[GRANT]) return own[GRANT]
  throw new TypeError(`${caller} takes a credential of createTokenCredential`)
}

/**
 * A credential of the same account, store and listeners whose access tokens are for one target. Targets share the record of the
 * grant: one lease and one refresh token, which each refresh for any target replaces; and what ends the grant, or a sign-in,
 * ends the access tokens of all. Of up to 32 targets access tokens are kept; those of further targets are obtained again.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function forTarget(credential: TokenCredential, target: CredentialTarget): TargetCredential {
  return methodsOf(credential, 'forTarget').forTarget(credential, target)
}

/**
 * A credential of the same definition, options and listeners for another account; what all accounts have in common they share, so
 * that a process may have very many. Closing one waits for what is under way for any. One of the same account shares its tokens.
 */
export function forAccount(credential: TokenCredential, account: string): TokenCredential {
  return methodsOf(credential, 'forAccount').forAccount(credential, account)
}

/**
 * Stores the tokens that a person's sign-in gave for this credential's account, for packages that implement a sign-in.
 * They replace the stored tokens; no refresh that began before can overwrite them. Given a promise of them, the event
 * `sign_in_failed` tells of its rejection too.
 * @throws what the promise of the tokens rejects with; CredentialError `store_unavailable`, `record_unreadable`, or `sign_in_failed` for tokens that cannot be used
 */
export async function storeSignIn(credential: TokenCredential, tokens: TokenSet | Promise<TokenSet>): Promise<void> {
  await methodsOf(credential, 'storeSignIn').storeSignIn(credential, tokens)
}

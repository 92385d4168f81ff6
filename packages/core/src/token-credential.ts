/// <reference lib="esnext.disposable" preserve="true" />
import type { Clock } from './clock.ts'
import type { CarriedNames, Credential, WaitOptions } from './credential.ts'
import type { CredentialEventName, CredentialEvents } from './events.ts'
import type { TokenGrant } from './grant.ts'
import type { TokenStore } from './store.ts'

/** A credential whose tokens are issued, refreshed, shared and stored. Safe for concurrent use. */
export interface TokenCredential extends Credential, AsyncDisposable {
  /** The tokens now valid; refreshes or issues first when they are not. The refresh token is not part of it. */
  getToken(options?: WaitOptions): Promise<AccessToken>
  /** Decoded (not verified) claims of a JWT access token. @throws CredentialError code `not_a_jwt` */
  claims<T extends object = JwtClaims>(options?: WaitOptions): Promise<T>
  status(): Promise<CredentialStatus>
  /** Tombstone in the store first, then revocation at the vendor where it has one. */
  signOut(): Promise<{ revoked: boolean }>
  /** Returns a function that removes the listener. */
  on<E extends CredentialEventName>(event: E, listener: (detail: CredentialEvents[E]) => void): () => void
  /** Waits for writes in flight and stops background work; the credential stays usable. Call it before a process ends. */
  close(): Promise<void>
}

/** Its token does not show in JSON, in inspection or in string conversion; read the member. */
export interface AccessToken {
  readonly accessToken: string
  readonly tokenType: string
  /** Unix ms, by this machine's clock; absent: the vendor named no lifetime. */
  readonly expiresAt?: number
  readonly scopes?: readonly string[]
}

export type CredentialStatus =
  /** `renewable`: without a human. */
  | { state: 'ready'; expiresAt?: number; scopes?: readonly string[]; renewable: boolean }
  /** Nothing valid now; the next use issues or refreshes by itself. */
  | { state: 'renewable' }
  /** A human must sign in. */
  | { state: 'signed-out' }
  | { state: 'reauthorization-required'; reason: string; since: number }

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

export interface Placement {
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly query?: Readonly<Record<string, string>> | undefined
}

export interface TokenCredentialDefinition {
  readonly vendor: string
  /** The origins (`https://api.example.com`) that the credential may be sent to. */
  readonly origins: readonly string[]
  /**
   * Everything that changes the token and is no secret: token endpoint, client id, grant; plus the user name (password),
   * plus the sorted scopes (grants without a human).
   */
  readonly identity: readonly string[]
  readonly grant: TokenGrant
  /** Called once per generation; never sees the refresh token. @default Authorization: Bearer */
  readonly place?: ((tokens: PlacedTokens) => Placement) | undefined
  /** @default header `authorization` */
  readonly carries?: CarriedNames | undefined
  readonly refuses?: Credential['refuses'] | undefined
}

/** What every factory of a token credential takes. */
export interface CredentialOptions {
  /** @default memoryStore() */
  readonly store?: TokenStore | undefined
  /** Whose tokens these are. @default 'default' */
  readonly account?: string | undefined
  /** For token requests only; looked up per call. @default globalThis.fetch */
  readonly fetch?: typeof fetch | undefined
  /** Permits `http:` for loopback hosts, and for no others. @default false */
  readonly allowInsecureRequests?: boolean | undefined
  readonly clock?: Clock | undefined
  /** Refresh in the background this long before expiry, ms, while the token in hand is still used. @default 60_000, at most 20 % of the lifetime */
  readonly refreshAheadMs?: number | undefined
  /** Treat a token as expired this long before it is, ms. @default 5_000, at most 10 % of the lifetime */
  readonly expiryLeewayMs?: number | undefined
  /** Upper bound for any caller's wait, ms. @default 60_000 */
  readonly maxWaitMs?: number | undefined
  /** Keeps a background refresh alive on runtimes that freeze after the response (Workers). */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined
}

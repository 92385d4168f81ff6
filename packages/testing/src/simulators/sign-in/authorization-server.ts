import type { ConsentAccount } from './sign-in-simulator.ts'

/** What one vendor brings to its sign-in: data, and what a consent gives. */
export interface AuthorizationServer<Account extends ConsentAccount = ConsentAccount> {
  /** As people know it. */
  readonly vendor: string
  /** Of the consent page. */
  readonly path: string
  /** `undefined`: none is registered. */
  readonly application: Application | undefined
  readonly accounts: readonly [Account, ...Account[]]
  /** Shown next to the name. */
  roleOf?(account: Account): string
  readonly rules: AuthorizationRules
  /** What the callback URL gets when this account allows the request: a code, or an error. */
  allow(request: AuthorizationRequest, account: Account): CallbackParameters
}

/** An OAuth application as it is registered. */
export interface Application {
  readonly clientId: string
  /** Shown to people. */
  readonly name: string
  /** Those that it may ask for. */
  readonly scopes: readonly string[] | 'any'
  readonly redirectUris: readonly string[]
  /** Whether the port of a registered loopback address does not count (RFC 8252 §7.3). */
  readonly anyLoopbackPort: boolean
}

/** What vendors ask of an authorization request beyond a registered application and redirect URI. */
export interface AuthorizationRules {
  readonly responseType: 'required' | 'optional'
  /** Shorter ones are refused as `invalid_state`. */
  readonly stateMinLength: number
  readonly codeChallenge: 'required' | 'optional'
  /** What a request without a scope asks for. */
  readonly defaultScopes: readonly string[]
}

/** A request that may be shown to a person. */
export interface AuthorizationRequest {
  readonly redirectUri: string
  readonly scopes: readonly string[]
  /** RFC 7636, S256. */
  readonly codeChallenge: string | undefined
  /** All of it, as it was sent. */
  readonly parameters: URLSearchParams
  /** The callback URL with these parameters and the request's `state`. */
  callback(parameters: CallbackParameters): string
}

export type CallbackParameters = Readonly<Record<string, string>>

/** RFC 6749 §4.1.2.1. */
export interface AuthorizationProblem {
  readonly error: string
  readonly error_description: string
}

export function problem(error: string, description: string): AuthorizationProblem & CallbackParameters {
  return { error, error_description: description }
}

import type { OptionNames } from './options.ts'

/** What a client plugin needs of a credential. Safe for concurrent use: any number of requests may share one. */
export interface Credential {
  readonly specVersion: 'v1'
  /** Vendor name, e.g. `"airthings"`. */
  readonly vendor: string
  /** Whose tokens these are; part of the store key. @default 'default' */
  readonly account: string
  /** The header and query names that this credential sets; a request that already has one of them is the caller's own. */
  readonly carries: CarriedNames
  /** The origins that it covers, and patterns of them (`https://*.example.com`), to be named in errors; `covers` compares. @default not named */
  readonly origins?: readonly string[] | undefined
  /** Whether this credential may be sent to `origin` (as `URL.origin` prints it). Checked before every send and on every redirect hop; cacheable. */
  covers(origin: string): boolean
  /** The authorization now valid: synchronously when memory holds a fresh one, otherwise a promise. Rejects with a `CredentialError`, or with `signal.reason`. */
  authorization(options?: WaitOptions): Authorization | Promise<Authorization>
  /** Whether the API's answer means that the authorization was refused (default: status 401 without `insufficient_scope`). */
  refuses(response: ResponseView): boolean | Promise<boolean>
  /**
   * Reports a refused authorization. Resolves with a newer one, or with `undefined` when there is none to be had
   * (an API key that has not changed, a permission problem, two strikes). A late report costs no token call.
   */
  renew(refused: Authorization, options?: RenewOptions): Promise<Authorization | undefined>
  /**
   * For a token that was obtained within the last seconds, and that some servers of the API may not know yet: resolves when
   * they should, with what the refused request is to be sent again with, before `renew` is asked. `undefined` for any other.
   */
  untilKnown?(refused: Authorization, options?: WaitOptions): Promise<Authorization> | undefined
  /**
   * For tokens that are bound to a key (DPoP, RFC 9449): resolves with the authorization and a proof that is made for one request, or
   * hop, and valid for one send. Called before each send: `undefined` means that the authorization needs no proof. Called after it
   * with the answer: `undefined` means that the answer asks for no other proof; else the request is sent again with the result, at
   * most three times. This counts neither as a refusal nor as a replay: `refuses` is `false` for such an answer.
   */
  prove?(authorization: Authorization, sent: SentTo, answer?: ResponseView): Promise<Authorization | undefined>
  /** Called for every answer except refusals, so it must be cheap. One with status 2xx says that the API accepts the token. */
  accepted?(authorization: Authorization, response: ResponseView, sent: SentTo): void
  /** Told by the send policy what became of a request; feeds events and the two-strike rule. */
  observe?(event: ObservedEvent, detail: ObservedDetail): void
}

export interface CarriedNames {
  /** Lower-case header names. */
  readonly headers: readonly string[]
  readonly query: readonly string[]
}

/** How long a caller is ready to wait. An abort detaches that caller only; a refresh under way goes on for the others. */
export interface WaitOptions {
  /** Ends the caller's wait. @example AbortSignal.timeout(5_000) */
  readonly signal?: AbortSignal | null | undefined
}

export const WAIT_OPTIONS: OptionNames<WaitOptions> = { signal: true }

export interface RenewOptions extends WaitOptions {
  /**
   * What was refused. Where a new token was refused within the last minute, one that is accepted elsewhere is not renewed.
   * @example { url: 'https://api.example.com/boats', method: 'GET' }
   */
  readonly sent?: SentTo | undefined
}

/** A request, or the hop of a redirect. */
export interface SentTo {
  readonly url: string
  /** @default 'GET' */
  readonly method?: string | undefined
}

/** What to put on one request. Its secrets do not show in JSON, in inspection or in string conversion. */
export interface Authorization {
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** Grows with every new token of this credential, across processes; tells a late refusal from a current one. */
  readonly generation: number
}

/** The part of a response that a vendor may look at to recognise a refusal. */
export interface ResponseView {
  readonly status: number
  /** Where the response came from; `''` when unknown (mocks): counts as the request's own origin. */
  readonly url: string
  header(name: string): string | null
  /**
   * The body as parsed JSON, without consuming the caller's. `undefined` when its type is not JSON, when it is a download or
   * larger than 64 KiB, and when it is not there within a second: such answers are not held back from the caller.
   */
  json(): Promise<unknown>
}

export type ObservedEvent = 'refused' | 'replayed' | 'replay_skipped' | 'scope_required'

export interface ObservedDetail {
  /** Generation of the authorization that the request carried. */
  readonly generation: number
  readonly status: number
  /** With `replayed`: whether the second answer was not a refusal. */
  readonly accepted?: boolean
  /** With `replayed`: what was sent again. */
  readonly sent?: SentTo | undefined
  readonly reason?: string
  /** With `scope_required`: what the API asks for; empty where it does not say. */
  readonly scopes?: readonly string[]
  /** With `scope_required`: URL of the API's description of itself (RFC 9728 §5.1), as the API wrote it. */
  readonly resourceMetadata?: string | undefined
}

/**
 * One credential, several (the first that covers the URL's origin is used), or a function, e.g. one per user of a server. The
 * function is asked for each request, with its method in capitals; `undefined` sends without a credential.
 */
export type CredentialSource =
  | Credential
  | readonly Credential[]
  | ((url: string, method: string) => Credential | undefined)

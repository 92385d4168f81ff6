import { hasMethods } from './members.ts'
import { invalidOption } from './options.ts'
import type { Clock } from './time.ts'

/** In every event. Never a secret. */
export interface EventContext {
  readonly vendor: string
  readonly account: string
  readonly generation: number
  /** Unix ms, by this machine's clock. */
  readonly at: number
}

/** A token request; with the writes before and after it. */
export interface TokenRequestDetail {
  readonly durationMs: number
  /** Origin of the token endpoint. Absent where the grant does not use the `fetch` that it is given, or sent nothing. */
  readonly server?: string | undefined
}

/** What happens to a credential; what each event adds to `EventContext`. Durations in ms. */
export interface CredentialEvents {
  /** First tokens were obtained without a refresh token. */
  acquired: EventContext & TokenRequestDetail
  refreshed: EventContext & TokenRequestDetail
  /** Another process obtained these tokens; they were read from the store. */
  adopted: EventContext
  /** Requests of this process waited while another process held the lease; emitted when the wait ends, with any outcome. */
  waited: EventContext & { readonly durationMs: number }
  /** The API refused an authorization. */
  refused: EventContext & { readonly status: number; readonly reason?: string | undefined }
  /** A refused request was sent again: with a newer authorization, or with one that the API may not have known yet. */
  replayed: EventContext & { readonly status: number; readonly accepted: boolean }
  /** A refused request was not sent again: its body cannot be, or `replay: false`. */
  replay_skipped: EventContext & { readonly status: number; readonly reason: string }
  /**
   * The API answered with 401 or 403, and asks for more than the token has: `insufficient_scope` (RFC 6750 §3.1), or a challenge
   * with `resource_metadata` (RFC 9728 §5.1). Of a refused request that was sent again, the last answer counts. A refresh would
   * give the same scopes: a person grants more with `beginSignIn({ addScopes: scopes })`. What it holds is the API's word.
   */
  scope_required: EventContext & {
    readonly status: number
    /** Empty where the API does not say which. */
    readonly scopes: readonly string[]
    readonly resourceMetadata?: string | undefined
  }
  /** Each failed token request, also one that is tried again. */
  refresh_failed: EventContext &
    TokenRequestDetail & {
      /** What was tried: `'acquire'` without a refresh token. */
      readonly mode: 'acquire' | 'refresh'
      readonly reason: string
      readonly status?: number | undefined
      readonly retryAt?: number | undefined
    }
  /**
   * A person has signed in: their tokens are stored and replace all earlier ones. `renewable: false`: the vendor gave no refresh
   * token, so a person must sign in again when the access token expires, if it expires.
   */
  signed_in: EventContext & { readonly renewable: boolean }
  /**
   * A sign-in failed after it had begun. `reason`: the `reason` of the error `sign_in_failed`, or the code of another error;
   * `aborted` when the program's signal ended it.
   */
  sign_in_failed: EventContext & { readonly reason: string }
  /**
   * The refresh token ends soon, and only a person can give another: after the last fifth of its lifetime has begun, 7 days ahead
   * at most. Emitted once per token set, when it is used or refreshed. `keepWarm` emits it for unused accounts, for lifetimes that only
   * the vendor's documents state, and for an access token without a refresh token.
   */
  reauthorization_due: EventContext & { readonly refreshExpiresAt: number }
  reauthorization_required: EventContext & { readonly reason: string }
  /** The store cannot be reached; what memory holds is still served. */
  store_degraded: EventContext & { readonly reason: string }
  /** The store held an older record than this process had read before: the newer one, of this generation, was put back. */
  store_went_back: EventContext
  signed_out: EventContext
}

export type CredentialEventName = keyof CredentialEvents

/** Any event, as a listener of `'*'` gets it. */
export type AnyCredentialEvent = {
  [E in CredentialEventName]: [name: E, detail: CredentialEvents[E]]
}[CredentialEventName]

/** Called with the detail of its event; a listener for `'*'` gets the name of each event and its detail. */
export type CredentialEventListener<E extends CredentialEventName | '*'> = (...event: EventArguments[E]) => void

type EventArguments = {
  readonly [E in CredentialEventName | '*']: E extends CredentialEventName
    ? [detail: CredentialEvents[E]]
    : AnyCredentialEvent
}

type Level = 'info' | 'warn' | 'error'

/** How serious each is; by name, so that the compiler misses none. */
const LEVELS: Readonly<Record<CredentialEventName, Level>> = {
  acquired: 'info',
  refreshed: 'info',
  adopted: 'info',
  waited: 'info',
  refused: 'warn',
  replayed: 'info',
  replay_skipped: 'warn',
  scope_required: 'warn',
  refresh_failed: 'warn',
  signed_in: 'info',
  sign_in_failed: 'warn',
  reauthorization_due: 'warn',
  reauthorization_required: 'error',
  store_degraded: 'warn',
  store_went_back: 'warn',
  signed_out: 'info',
}

/** Members that the hub fills in. */
type Filled = 'vendor' | 'account' | 'at'

/** Listeners of one credential. One that throws does not disturb the request or the other listeners. */
export class EventHub {
  readonly #vendor: string
  readonly #clock: Pick<Clock, 'now'>
  #listeners: Map<CredentialEventName | '*', Set<(...event: never) => void>> | undefined = undefined

  constructor(vendor: string, clock: Pick<Clock, 'now'>) {
    this.#vendor = vendor
    this.#clock = clock
  }

  /** Works without `this`. @throws CredentialError `invalid_option` for an unknown name, and for a listener that is not a function */
  readonly on = <E extends CredentialEventName | '*'>(event: E, listener: CredentialEventListener<E>): (() => void) => {
    const vendor = this.#vendor
    if (event !== '*' && !Object.hasOwn(LEVELS, event)) {
      const names = ['*', ...Object.keys(LEVELS)].join(', ')
      throw invalidOption(vendor, 'event', `must be one of ${names}`)
    }
    if (typeof listener !== 'function') throw invalidOption(vendor, 'listener', 'must be a function', listener)
    this.#listeners ??= new Map()
    const set = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, set.add(listener))
    return () => set.delete(listener)
  }

  emit<E extends CredentialEventName>(event: E, account: string, detail: Omit<CredentialEvents[E], Filled>): void {
    const listeners = this.#listeners
    if (!listeners) return
    const full = { vendor: this.#vendor, account, at: this.#clock.now(), ...detail }
    for (const listener of listeners.get(event) ?? []) callSafely(listener, full)
    for (const listener of listeners.get('*') ?? []) callSafely(listener, event, full)
  }
}

export function callSafely(listener: (...event: never) => void, ...event: unknown[]): void {
  try {
    const outcome: unknown = listener(...(event as never))
    Promise.resolve(outcome).catch(() => {})
  } catch {
    // A listener's failure is its own: a request must not fail because a metric could not be counted.
  }
}

/** What `logEvents` writes to: `console`, and loggers such as those of pino and winston. */
export interface EventLogger {
  info(line: string): void
  warn(line: string): void
  error(line: string): void
}

/**
 * Writes a line of text for every event: `valetkey acme refreshed account=default generation=2 durationMs=120`. `error`: a person
 * must sign in; `warn`: something was refused, failed, or will; `info`: the rest. No line holds a secret.
 * @returns what ends it
 * @throws CredentialError `invalid_option`
 */
export function logEvents(credential: Pick<EventHub, 'on'>, logger: EventLogger): () => void {
  if (!hasMethods(credential, ['on']))
    throw invalidOption('@valetkey/core', 'credential', 'must be a credential', credential)
  if (!hasMethods(logger, ['info', 'warn', 'error']))
    throw invalidOption('@valetkey/core', 'logger', 'must have the methods "info", "warn" and "error"', logger)
  return credential.on('*', (name, detail) => {
    const members = Object.entries(detail).flatMap(([member, value]) =>
      value === undefined || member === 'vendor' || member === 'at' ? [] : `${member}=${logged(value)}`,
    )
    const level = 'accepted' in detail && !detail.accepted ? 'warn' : LEVELS[name]
    logger[level](['valetkey', logged(detail.vendor), name, ...members].join(' '))
  })
}

/** Quoted where it is not one plain word: what a vendor says must not look like another line or member. */
function logged(value: unknown): string {
  const words = Array.isArray(value) ? value.join(' ') : String(value)
  const text = typeof value === 'number' ? String(Math.round(value)) : words
  return /^[\w.:@/+-]+$/.test(text) ? text : JSON.stringify(text)
}

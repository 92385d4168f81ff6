import { Authorizer } from '../authorization.ts'
import type { Authorization, Credential } from '../credential.ts'
import { EventHub } from '../events.ts'
import { guardRefuses } from '../http/refusal.ts'
import { hasMethods } from '../members.ts'
import { invalidOption } from '../options.ts'
import { type OriginList, parseOrigins } from '../origins.ts'
import { memoryStore, type TokenStore } from '../store.ts'
import { type Clock, systemClock } from '../time.ts'
import type { CredentialOptions, TokenCredentialDefinition } from '../token-credential.ts'
import type { TokenGrant } from './grant.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { HeldTokens } from './memory.ts'
import { DEFAULT_EXPIRY_LEEWAY_MS, DEFAULT_REFRESH_AHEAD_MS, type ExpiryWindows } from './record.ts'

const DEFAULT_MAX_WAIT_MS = 60_000

/** As `CloseOptions` says why. */
export const CLOSE_LIMIT_MS = 8_000

/** What the credentials of one definition have in common, for all accounts: checked, with defaults. */
export interface TokenSettings {
  readonly vendor: string
  /** The members of the store key before the account; one more follows where it depends on the secrets. */
  readonly keyStart: readonly string[]
  /** A grant that acquires without a user and names its secrets, in a store that others may share. */
  readonly isKeyedBySecrets: boolean
  /** What the access tokens are for; absent: what those of the grant itself are for. */
  readonly target?: string | undefined
  readonly origins: OriginList
  readonly store: TokenStore
  readonly clock: Clock
  readonly windows: ExpiryWindows
  readonly maxWaitMs: number
  readonly options: CredentialOptions
  readonly grant: TokenGrant
  readonly canAcquire: boolean
  readonly canRefresh: boolean
  readonly authorizer: Authorizer
  readonly place: NonNullable<TokenCredentialDefinition['place']>
  readonly refuses: Credential['refuses']
  readonly proof: TokenCredentialDefinition['proof']
  /** The tokens of each authorization that proofs are made for. */
  readonly made: WeakMap<Authorization, HeldTokens> | undefined
  readonly hub: EventHub
  /** Shared with the settings of its targets. */
  readonly underWay: UnderWay
}

/** Background work, with what has to be drained for it; and tokens that are being stored for the program. */
export interface UnderWay {
  work: Map<Promise<unknown>, Lifecycle | undefined> | undefined
}

/** Until it has ended. */
export function begin({ underWay }: TokenSettings, work: Promise<unknown>, lifecycle: Lifecycle | undefined): void {
  underWay.work ??= new Map()
  const { work: all } = underWay
  const over = () => {
    all.delete(work)
    if (all.size === 0) underWay.work = undefined
  }
  all.set(work, lifecycle)
  work.then(over, over)
}

/**
 * @param definition a copy
 * @param options a copy
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function tokenSettings(definition: TokenCredentialDefinition, options: CredentialOptions): TokenSettings {
  const { vendor, identity, origins, proof } = definition
  if (!vendor) throw invalidOption('@valetkey/core', 'vendor', 'is required')
  if (!isTexts(identity)) throw invalidOption(vendor, 'identity', 'must be an array of strings', identity)
  const { clock = systemClock } = options
  checkFunctions(vendor, options)
  const ms = (name: 'refreshAheadMs' | 'expiryLeewayMs' | 'maxWaitMs', otherwise: number) =>
    milliseconds(vendor, name, options[name] ?? otherwise)
  const { grant, canAcquire, canRefresh } = grantSettings(vendor, definition.grant)
  // Without a spread, which would make the object larger and slower: it may be made for each request.
  return {
    vendor,
    keyStart: ['vk1', vendor].concat(identity),
    isKeyedBySecrets: isKeyedBySecrets(vendor, definition, options),
    target: undefined,
    origins: parseOrigins(vendor, origins, options),
    store: checkedStore(vendor, options.store ?? memoryStore({ clock })),
    clock,
    windows: {
      refreshAheadMs: ms('refreshAheadMs', DEFAULT_REFRESH_AHEAD_MS),
      expiryLeewayMs: ms('expiryLeewayMs', DEFAULT_EXPIRY_LEEWAY_MS),
      jitter: clock.random(),
    },
    maxWaitMs: ms('maxWaitMs', DEFAULT_MAX_WAIT_MS),
    options,
    grant,
    canAcquire,
    canRefresh,
    authorizer: new Authorizer(vendor, definition.carries),
    place: definition.place ?? placeBearer,
    refuses: guardRefuses(vendor, definition.refuses),
    proof,
    made: proof && new WeakMap(),
    hub: new EventHub(vendor, clock),
    underWay: { work: undefined },
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((part) => typeof part === 'string')
}

/** RFC 6750 §2.1; the scheme is written like this for any case of the vendor's `token_type`. */
function placeBearer({ accessToken }: { accessToken: string }): { headers: Record<string, string> } {
  return { headers: { authorization: `Bearer ${accessToken}` } }
}

/** A store that no other credential has needs no separate keys. */
function isKeyedBySecrets(
  vendor: string,
  { grant }: TokenCredentialDefinition,
  { store, keyedBy = 'secrets' }: CredentialOptions,
): boolean {
  if (keyedBy !== 'secrets' && keyedBy !== 'identity')
    throw invalidOption(vendor, 'keyedBy', "must be 'secrets' or 'identity'")
  return keyedBy === 'secrets' && store !== undefined && hasMethods(grant, ['acquire', 'secrets'])
}

/** @throws CredentialError `invalid_option` */
export function grantSettings(
  vendor: string,
  grant: TokenGrant,
): Pick<TokenSettings, 'grant' | 'canAcquire' | 'canRefresh'> {
  const [canAcquire, canRefresh] = [hasMethods(grant, ['acquire']), hasMethods(grant, ['refresh'])]
  if (!canAcquire && !canRefresh) throw invalidOption(vendor, 'grant', 'must have "acquire", "refresh" or both')
  return { grant, canAcquire, canRefresh }
}

function checkFunctions(vendor: string, options: CredentialOptions): void {
  for (const name of ['fetch', 'waitUntil'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function')
      throw invalidOption(vendor, name, 'must be a function', options[name])
  }
}

/** @throws CredentialError `invalid_option` */
export function milliseconds(vendor: string, option: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY) return value
  throw invalidOption(vendor, option, 'must be a number of milliseconds, 0 or more', value)
}

function checkedStore(vendor: string, store: TokenStore): TokenStore {
  if (hasMethods(store, ['get', 'compareAndSet'])) return store
  throw invalidOption(vendor, 'store', 'must be a token store, such as memoryStore()', store)
}

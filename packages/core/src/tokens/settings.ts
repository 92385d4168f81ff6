import { hasMethods } from '../members.ts'
import { accountOption, invalidOption, type OriginList, parseOrigins } from '../options.ts'
import { memoryStore, type TokenStore } from '../store.ts'
import { type Clock, systemClock } from '../time.ts'
import type { CredentialOptions, TokenCredentialDefinition } from '../token-credential.ts'
import { DEFAULT_EXPIRY_LEEWAY_MS, DEFAULT_REFRESH_AHEAD_MS, type ExpiryWindows } from './record.ts'

const DEFAULT_MAX_WAIT_MS = 60_000

/** As `CloseOptions` says why. */
export const CLOSE_LIMIT_MS = 8_000

/** Checked options with their defaults. */
export interface TokenSettings {
  /** The members of the store key; one more follows where it depends on the secrets. */
  readonly keyParts: readonly string[]
  /** A grant that acquires by itself and names its secrets, in a store that others may share. */
  readonly isKeyedBySecrets: boolean
  readonly account: string
  /** What the access tokens are for; absent: what those of the grant itself are for. */
  readonly target?: string | undefined
  readonly origins: OriginList
  readonly store: TokenStore
  readonly clock: Clock
  readonly windows: ExpiryWindows
  readonly maxWaitMs: number
}

/** @throws CredentialError `invalid_option`, `insecure_url` */
export function tokenSettings(definition: TokenCredentialDefinition, options: CredentialOptions): TokenSettings {
  if (!definition?.vendor) throw invalidOption('@valetkey/core', 'vendor', 'is required')
  const { vendor } = definition
  const { clock = systemClock() } = options
  const account = accountOption(vendor, options)
  checkDefinition(vendor, definition)
  checkFunctions(vendor, options)
  const ms = (name: 'refreshAheadMs' | 'expiryLeewayMs' | 'maxWaitMs', otherwise: number) =>
    milliseconds(vendor, name, options[name] ?? otherwise)
  return {
    keyParts: ['vk1', definition.vendor, ...definition.identity, account],
    isKeyedBySecrets: isKeyedBySecrets(vendor, definition, options),
    account,
    target: undefined,
    origins: parseOrigins(vendor, definition.origins, options),
    store: checkedStore(vendor, options.store ?? memoryStore({ clock })),
    clock,
    windows: {
      refreshAheadMs: ms('refreshAheadMs', DEFAULT_REFRESH_AHEAD_MS),
      expiryLeewayMs: ms('expiryLeewayMs', DEFAULT_EXPIRY_LEEWAY_MS),
      jitter: clock.random(),
    },
    maxWaitMs: ms('maxWaitMs', DEFAULT_MAX_WAIT_MS),
  }
}

/** A store that nobody else was given needs no telling apart. */
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
export function checkDefinition(vendor: string, { identity, grant }: TokenCredentialDefinition): void {
  if (!Array.isArray(identity) || identity.some((part) => typeof part !== 'string'))
    throw invalidOption(vendor, 'identity', 'must be an array of texts')
  if (!hasMethods(grant, ['acquire']) && !hasMethods(grant, ['refresh']))
    throw invalidOption(vendor, 'grant', 'must have "acquire", "refresh" or both')
}

function checkFunctions(vendor: string, options: CredentialOptions): void {
  for (const name of ['fetch', 'waitUntil'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function')
      throw invalidOption(vendor, name, 'must be a function')
  }
}

/** @throws CredentialError `invalid_option` */
export function milliseconds(vendor: string, option: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY) return value
  throw invalidOption(vendor, option, 'must be a number of milliseconds, 0 or more')
}

function checkedStore(vendor: string, store: TokenStore): TokenStore {
  if (hasMethods(store, ['get', 'compareAndSet'])) return store
  throw invalidOption(vendor, 'store', 'must be a token store, such as memoryStore()')
}

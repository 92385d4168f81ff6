import { type Clock, systemClock } from './clock.ts'
import { DEFAULT_EXPIRY_LEEWAY_MS, DEFAULT_REFRESH_AHEAD_MS, type ExpiryWindows } from './expiry.ts'
import { hasMethods } from './has-methods.ts'
import { memoryStore } from './memory-store.ts'
import { invalidOption } from './options.ts'
import { type OriginList, parseOrigins } from './origins.ts'
import type { TokenStore } from './store.ts'
import type { CredentialOptions, TokenCredentialDefinition } from './token-credential.ts'

const DEFAULT_MAX_WAIT_MS = 60_000

/** Checked options with their defaults. */
export interface TokenSettings {
  readonly key: string
  readonly account: string
  readonly origins: OriginList
  readonly store: TokenStore
  readonly clock: Clock
  readonly windows: ExpiryWindows
  readonly maxWaitMs: number
}

/** @throws CredentialError `invalid_option`, `insecure_url` */
export function tokenSettings(definition: TokenCredentialDefinition, options: CredentialOptions): TokenSettings {
  if (!definition?.vendor) throw invalidOption('@valetkey/core', 'vendor', 'is required')
  const packageName = `@valetkey/${definition.vendor}`
  const { account = 'default', clock = systemClock() } = options
  if (typeof account !== 'string' || account === '')
    throw invalidOption(packageName, 'account', 'must be a non-empty string')
  checkDefinition(packageName, definition)
  checkFunctions(packageName, options)
  const ms = (name: 'refreshAheadMs' | 'expiryLeewayMs' | 'maxWaitMs', otherwise: number) =>
    milliseconds(packageName, name, options[name] ?? otherwise)
  return {
    key: JSON.stringify(['vk1', definition.vendor, ...definition.identity, account]),
    account,
    origins: parseOrigins(packageName, definition.origins, options),
    store: checkedStore(packageName, options.store ?? memoryStore({ clock })),
    clock,
    windows: {
      refreshAheadMs: ms('refreshAheadMs', DEFAULT_REFRESH_AHEAD_MS),
      expiryLeewayMs: ms('expiryLeewayMs', DEFAULT_EXPIRY_LEEWAY_MS),
      jitter: clock.random(),
    },
    maxWaitMs: ms('maxWaitMs', DEFAULT_MAX_WAIT_MS),
  }
}

function checkDefinition(packageName: string, { identity, grant }: TokenCredentialDefinition): void {
  if (!Array.isArray(identity) || identity.some((part) => typeof part !== 'string'))
    throw invalidOption(packageName, 'identity', 'must be an array of texts')
  if (!hasMethods(grant, ['issue']) && !hasMethods(grant, ['refresh']))
    throw invalidOption(packageName, 'grant', 'must have "issue", "refresh" or both')
}

function checkFunctions(packageName: string, options: CredentialOptions): void {
  for (const name of ['fetch', 'waitUntil'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function')
      throw invalidOption(packageName, name, 'must be a function')
  }
}

function milliseconds(packageName: string, option: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY) return value
  throw invalidOption(packageName, option, 'must be a number of milliseconds, 0 or more')
}

function checkedStore(packageName: string, store: TokenStore): TokenStore {
  if (hasMethods(store, ['get', 'compareAndSet'])) return store
  throw invalidOption(packageName, 'store', 'must be a token store, such as memoryStore()')
}

/** Keeps unused grants alive. A separate entry point, so that programs that do not use it do not load it. */
import { CredentialError, isCredentialError } from './errors.ts'
import { hasMethods } from './members.ts'
import { invalidOption, knownOptions, type OptionNames } from './options.ts'
import { storeFailure } from './refresh/run.ts'
import type { TokenStore } from './store.ts'
import { type Clock, onAbort, within } from './time.ts'
import type { CloseOptions, TokenCredential } from './token-credential.ts'
import { CLOSE_LIMIT_MS, type Kept, keptOf, milliseconds } from './tokens/create.ts'
import { REQUEST_LIMIT_MS } from './tokens/grant.ts'
import { createKeeper, type Keeper, type WarmedAccount } from './warm/keeper.ts'

export type { WarmedAccount } from './warm/keeper.ts'

/** What is kept, and how long before its end. */
export interface WarmOptions {
  /**
   * A refresh token is used between once and twice this long before its end, ms: each account has its own time in this range. A
   * third of the lifetime at most. @default a fifth of the lifetime, at most 7 days
   * @example 7 * 24 * 60 * 60 * 1000
   */
  readonly beforeMs?: number | undefined
  /**
   * A refresh token ends when it was not used for so long, ms; `Infinity`: it does not. It counts more than `lifetimes` of the
   * vendor. @default `lifetimes.idle`; where neither `lifetimes` nor the vendor's answers tell of an end, 7 days
   */
  readonly idleMs?: number | undefined
  /** Asked at each pass, where it is a function. @default the accounts that the store knows, of a credential that has `for` */
  readonly accounts?: readonly string[] | (() => readonly string[] | Promise<readonly string[]>) | undefined
  /** @default the clock of each credential @example virtualClock() */
  readonly clock?: Clock | undefined
}

export interface KeepWarmOptions extends WarmOptions {
  /**
   * How often all accounts are looked at, which costs a read each, ms. Between two such passes each account is checked when it is due. Accounts that
   * sign in through another process are found so; it should be less than the shortest lifetime. @default 600_000
   */
  readonly everyMs?: number | undefined
  /** An abort closes it. @example controller.signal */
  readonly signal?: AbortSignal | undefined
}

export interface WarmOnceOptions extends WarmOptions {
  /** Uses each refresh token now, except those that a refresh returned within the last minute. @default false */
  readonly force?: boolean | undefined
  /** Rejects with its reason; a refresh under way goes on. @example AbortSignal.timeout(60_000) */
  readonly signal?: AbortSignal | undefined
}

export interface KeepWarm extends AsyncDisposable {
  /** Begins no refresh more, and waits for those under way, but not for longer than `timeoutMs`. @throws CredentialError `invalid_option` */
  close(options?: CloseOptions): Promise<void>
}

const WARM: OptionNames<WarmOptions> = { beforeMs: true, idleMs: true, accounts: true, clock: true }
const KEEP_WARM: OptionNames<KeepWarmOptions> = { ...WARM, everyMs: true, signal: true }
const WARM_ONCE: OptionNames<WarmOnceOptions> = { ...WARM, force: true, signal: true }

const OWNER = '@valetkey/core'
const DEFAULT_EVERY_MS = 10 * 60_000
/** More often is a mistake: due accounts are checked between passes. */
const MIN_EVERY_MS = 1_000

/**
 * Refreshes the grants of all accounts before their refresh token ends, in any number of processes: each reads the store
 * first, the first one refreshes, and the others see it. At most four token requests of a credential are under way at once.
 *
 * A failing account does not disturb the others: its credential emits `refresh_failed`, `reauthorization_due`,
 * `reauthorization_required` or `store_degraded`. `keepWarm` does not keep the process alive.
 *
 * @param credentials one or several; for one with `for`, all accounts of its vendor and client that its store knows. A grant
 * without refresh tokens, such as client credentials, is skipped
 * @throws CredentialError `invalid_option`
 */
export function keepWarm(
  credentials: TokenCredential | readonly TokenCredential[],
  options: KeepWarmOptions = {},
): KeepWarm {
  const own = knownOptions(OWNER, options, KEEP_WARM)
  const { everyMs = DEFAULT_EVERY_MS, signal } = own
  if (milliseconds(OWNER, 'everyMs', everyMs) < MIN_EVERY_MS)
    throw invalidOption(OWNER, 'everyMs', `must be at least ${MIN_EVERY_MS}`)
  const keepers = keepersOf(credentials, own)
  const running = Promise.all(keepers.map(({ keeper }) => keeper.run(everyMs)))
  const stop = (): void => {
    for (const { keeper } of keepers) keeper.stop()
  }
  const forget = onAbort(signal, stop)
  const close = async (closing: CloseOptions = {}): Promise<void> => {
    const { timeoutMs = CLOSE_LIMIT_MS } = knownOptions(OWNER, closing, { timeoutMs: true })
    const limitMs = milliseconds(OWNER, 'timeoutMs', timeoutMs)
    stop()
    forget()
    const [first] = keepers
    if (first) await within(first.clock, limitMs, running, () => [])
  }
  return Object.freeze({ close, [Symbol.asyncDispose]: () => close() })
}

/**
 * Looks at each account once and refreshes what is due, as `keepWarm` does: for cron and other schedulers.
 * @returns what came of each; one that failed has its `error`
 * @throws CredentialError `invalid_option`, `store_unavailable` where the accounts cannot be listed; `signal.reason`
 */
export async function warmOnce(
  credentials: TokenCredential | readonly TokenCredential[],
  options: WarmOnceOptions = {},
): Promise<WarmedAccount[]> {
  const own = knownOptions(OWNER, options, WARM_ONCE)
  const { force = false, signal } = own
  if (typeof force !== 'boolean') throw invalidOption(OWNER, 'force', 'must be true or false', force)
  const passes = keepersOf(credentials, own).map(({ keeper }) => keeper.pass(force, signal))
  return (await Promise.all(passes)).flat()
}

interface Clocked {
  readonly keeper: Keeper
  readonly clock: Clock
}

/** One for each grant and store: the credentials of several accounts have one. @throws CredentialError `invalid_option` */
function keepersOf(
  credentials: TokenCredential | readonly TokenCredential[],
  { beforeMs, idleMs, accounts, clock, signal }: WarmOptions & Pick<KeepWarmOptions, 'signal'>,
): Clocked[] {
  if (beforeMs !== undefined && !(milliseconds(OWNER, 'beforeMs', beforeMs) > 0))
    throw invalidOption(OWNER, 'beforeMs', 'must be above 0')
  if (idleMs !== undefined && !(typeof idleMs === 'number' && idleMs > 0))
    throw invalidOption(OWNER, 'idleMs', 'must be a number of milliseconds above 0, or Infinity', idleMs)
  if (accounts !== undefined && typeof accounts !== 'function') checkedAccounts(accounts)
  if (clock !== undefined && !hasMethods(clock, ['now', 'monotonic', 'sleep', 'random']))
    throw invalidOption(OWNER, 'clock', 'must be a clock', clock)
  if (signal !== undefined && !hasMethods(signal, ['addEventListener', 'removeEventListener']))
    throw invalidOption(OWNER, 'signal', 'must be an AbortSignal', signal)
  const seen = new Map<TokenStore, Set<string>>()
  return [credentials].flat().flatMap((credential): Clocked[] => {
    const kept = requireKept(credential)
    const { store, keyStart: prefix, clock: usual } = kept.settings()
    const hasFor = hasMethods(credential, ['for'])
    const id = JSON.stringify(hasFor ? prefix : [...prefix, kept.account()])
    const ids = seen.get(store) ?? new Set()
    if (ids.has(id)) return []
    seen.set(store, ids.add(id))
    if (accounts !== undefined && !hasFor)
      throw invalidOption(OWNER, 'accounts', `needs a credential with "for": the one of ${credential.vendor} has none`)
    if (accounts === undefined && hasFor && !hasMethods(store, ['list']))
      throw invalidOption(OWNER, 'accounts', 'is required: the store cannot list what it holds')
    const given = async () =>
      typeof accounts === 'function' ? checkedAccounts(await accounts()) : (accounts ?? [credential.account])
    const own = clock ?? usual
    const names = hasFor && accounts === undefined ? () => listAccounts(store, own, prefix, credential.vendor) : given
    const isOpen = accounts === undefined
    const keeping = { credential, kept, clock: own, beforeMs, idleMs, isOpen, accounts: names }
    return [{ keeper: createKeeper(keeping), clock: own }]
  })
}

function checkedAccounts(accounts: readonly string[]): readonly string[] {
  const given: unknown = accounts
  if (Array.isArray(given) && given.every((account) => typeof account === 'string' && account !== '')) return accounts
  throw invalidOption(OWNER, 'accounts', 'must be an array of non-empty strings, or a function that gives one', given)
}

function requireKept(credential: unknown): Kept {
  const kept = hasMethods(credential, ['renew', 'on']) ? keptOf(credential) : undefined
  if (kept && kept.settings().target === undefined) return kept
  throw invalidOption(
    OWNER,
    'credentials',
    'must be a token credential, or an array of them; for a resource, pass the credential of its grant',
  )
}

/** The accounts whose keys differ from this credential's key only by the account. */
async function listAccounts(
  store: TokenStore,
  clock: Clock,
  prefix: readonly string[],
  vendor: string,
): Promise<readonly string[]> {
  const list = async (): Promise<string[]> => {
    const found: string[] = []
    for await (const key of store.list?.() ?? []) found.push(...accountIn(key, prefix))
    return found
  }
  try {
    return await within(clock, REQUEST_LIMIT_MS, list(), () => {
      throw new Error('the store did not answer in time')
    })
  } catch (error) {
    if (isCredentialError(error)) throw error
    const { reason = 'no answer' } = storeFailure(error)
    const message = `${vendor}: the token store cannot list its accounts (${reason})`
    throw new CredentialError('store_unavailable', message, { vendor })
  }
}

function accountIn(key: string, prefix: readonly string[]): string[] {
  try {
    const parts: unknown = JSON.parse(key)
    if (!Array.isArray(parts) || parts.length !== prefix.length + 1) return []
    const account: unknown = parts.at(-1)
    const isOurs = typeof account === 'string' && prefix.every((part, index) => parts[index] === part)
    return isOurs ? [account] : []
  } catch {
    return []
  }
}

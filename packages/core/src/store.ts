import { CredentialError } from './errors.ts'
import { knownOptions } from './options.ts'
import { boundedWait, type Clock, onAbort, systemClock, systemSleep, within } from './time.ts'

/**
 * Keeps one opaque text per key and compares before it sets. Everything else (leases, crash handling, back-off) is built
 * on these two methods by the token lifecycle.
 *
 * What a method rejects with says what happens next. `CredentialError` `invalid_option`: only a person can mend it (a wrong
 * password, no such table, no permission), so the call ends at once with `store_unavailable` and these words.
 * `record_unreadable`: the record is not to be overwritten. Anything else: an outage, which is waited for and bridged.
 */
export interface TokenStore {
  readonly specVersion: 'v1'
  /** Linearizable. `now` is the store's clock (Unix ms), sampled before the read; it is there for an absent key too. */
  get(key: string): Promise<StoreRead>
  /**
   * Writes `value` only if the stored version is `expected` (`undefined`: only if the key is absent). Durable before it
   * resolves. Rejecting means "unknown whether applied". A version never repeats for a key, not even after removal.
   */
  compareAndSet(
    key: string,
    expected: string | undefined,
    value: string,
    options?: {
      /** The record may be dropped after so many ms; absent: it stays. */
      readonly retainMs?: number | undefined
      /** Only extends a lease: callers that wait for a change need not be woken. */
      readonly isExtension?: boolean | undefined
    },
  ): Promise<CasResult>
  /**
   * Resolves when the version is no longer `version`, or after the timeout. Saves polling; a lost wake-up costs latency only.
   * With `'extended'` when all writes had `isExtension`: the caller continues to wait with the same `version`,
   * without a read. Rejects when it cannot hear of changes: then the store is polled.
   */
  waitForChange?(
    key: string,
    version: string | undefined,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
  ): Promise<unknown>
  /** Keys present (status, key rotation, sign-out of all). */
  list?(): AsyncIterable<string>
}

export type StoreRead =
  | { readonly now: number; readonly version: string; readonly value: string }
  | { readonly now: number; readonly version?: undefined; readonly value?: undefined }

export type CasResult = { readonly ok: true; readonly version: string } | { readonly ok: false }

/** Marks a store whose keys and values never leave this process. */
export const IN_PROCESS: unique symbol = Symbol('in process')

interface Entry {
  readonly version: string
  readonly value: string
  /** Unix ms. From then on the key counts as absent. */
  readonly dropAt: number
}

/**
 * Keeps tokens in this process's memory until it ends; drops only what was written with `retainMs`, after that time.
 * @throws CredentialError `invalid_option`
 */
export function memoryStore(options: { readonly clock?: Clock | undefined } = {}): TokenStore {
  const { clock = systemClock } = knownOptions('@valetkey/core', options, { clock: true })
  const entries = new Map<string, Entry>()
  /** What ends each wait, and the key that it is for. There are few: the callers of one process share a flight. */
  const watchers = new Map<AbortController, string>()
  let writes = 0

  const present = (key: string): Entry | undefined => {
    const entry = entries.get(key)
    return entry && clock.now() < entry.dropAt ? entry : undefined
  }
  let sweepAfter = 0
  /** Looks at every entry once in as many writes as there are entries. */
  const sweep = (): void => {
    if (writes < sweepAfter) return
    for (const key of entries.keys()) if (!present(key)) entries.delete(key)
    sweepAfter = writes + entries.size
  }
  // A wait keeps no process alive; the clock of a test decides itself.
  const sleep: Clock['sleep'] = (ms, signal) =>
    clock.sleep === systemSleep ? boundedWait({ timeoutMs: ms, signal }, () => () => {}) : clock.sleep(ms, signal)

  const store: TokenStore & { readonly [IN_PROCESS]: true } = {
    specVersion: 'v1',
    [IN_PROCESS]: true,
    async get(key) {
      const now = clock.now()
      const entry = present(key)
      return entry ? { now, version: entry.version, value: entry.value } : { now }
    },
    async compareAndSet(key, expected, value, { retainMs } = {}) {
      if (present(key)?.version !== expected) return { ok: false }
      writes += 1
      if (retainMs !== undefined) sweep()
      const version = String(writes)
      entries.set(key, { version, value, dropAt: retainMs === undefined ? Infinity : clock.now() + retainMs })
      for (const [watcher, watched] of watchers) if (watched === key) watcher.abort()
      return { ok: true, version }
    },
    async waitForChange(key, version, { timeoutMs, signal }) {
      if (present(key)?.version !== version) return
      const watcher = new AbortController()
      const leave = onAbort(signal, () => watcher.abort())
      watchers.set(watcher, key)
      await sleep(timeoutMs, watcher.signal)
      leave()
      watchers.delete(watcher)
    },
    async *list() {
      for (const key of [...entries.keys()]) if (present(key)) yield key
    },
  }
  return store
}

/** A store call later than this counts as failed; whether a write was applied is then unknown. */
export const STORE_CALL_LIMIT_MS = 4_000

/** A read, and this process's monotonic clock before it. */
export type TimedRead = StoreRead & { readonly mono: number }

/** Their absence is not to be read by prototype. */
const ABSENT = { version: undefined, value: undefined }

/** @throws what the store throws, or a plain error after `STORE_CALL_LIMIT_MS` */
export async function getWithin(store: TokenStore, clock: Clock, key: string): Promise<TimedRead> {
  const mono = clock.monotonic()
  const read = await limited(clock, store.get(key))
  if (!Number.isFinite(read?.now)) throw wrongAnswer('get() must give { now, version, value }')
  return { ...ABSENT, ...read, mono }
}

/** @throws what the store throws, or a plain error after `STORE_CALL_LIMIT_MS`: then it is unknown whether it was applied */
export async function setWithin(
  store: TokenStore,
  clock: Clock,
  key: string,
  expected: string | undefined,
  value: string,
  retainMs?: number,
  isExtension?: boolean,
): Promise<CasResult> {
  const written = await limited(clock, store.compareAndSet(key, expected, value, { retainMs, isExtension }))
  if (written?.ok === false || typeof written?.version === 'string') return written
  throw wrongAnswer('compareAndSet() must give { ok, version }')
}

/** For the author of the store: treated as a lost write, such an answer would be retried for ever. */
function wrongAnswer(words: string): CredentialError<'store_unavailable'> {
  return new CredentialError('store_unavailable', words, { vendor: 'core' })
}

function limited<T>(clock: Clock, call: Promise<T>): Promise<T> {
  return within(clock, STORE_CALL_LIMIT_MS, call, () => {
    throw new Error('the store did not answer in time')
  })
}

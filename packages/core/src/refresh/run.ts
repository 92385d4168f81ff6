import { isCredentialError } from '../errors.ts'
import { originOf } from '../origins.ts'
import type { TokenStore } from '../store.ts'
import { getWithin, setWithin } from '../store.ts'
import { deferred, systemClock } from '../time.ts'
import { callGrant, fingerprint, type GrantCaller } from '../tokens/grant.ts'
import { type GrantRecord, parseRecord, serializeRecord } from '../tokens/record.ts'
import { step } from './protocol.ts'
import {
  beginFlight,
  type FlightEffect,
  type FlightFact,
  type FlightPolicy,
  type FlightResult,
  type FlightState,
  type Goal,
  type Seen,
  type Snapshot,
} from './state.ts'
import { retainMsOf, storedOf, viewOf } from './targets.ts'
import { HEARD_MS } from './timing.ts'

export { isBehind } from '../tokens/record.ts'
export { routeOf } from './records.ts'
export type { FlightPolicy, FlightResult, Goal, Seen, Snapshot } from './state.ts'
export { reasonOf } from './state.ts'
export { accessSetOf, MAX_TARGETS, storedOf, viewOf } from './targets.ts'
export { STORE_PATIENCE_MS, STORE_RETRY_MS, STRIKE_AGE_MS } from './timing.ts'

export interface FlightRuntime extends GrantCaller {
  readonly store: TokenStore
  /** Prefix of the ids of all flights of this process. */
  readonly processId: string
  /** Whether the lease of this id was one of this process's flights, which has ended. */
  hasEnded(lease: string): boolean
  /** The newest record that this process has read or written. */
  newest(): GrantRecord | undefined
  /** Called with every effect that concerns this process's memory, listeners, or an unused token set. */
  changed(effect: ChangeEffect): void
}

export type ChangeEffect =
  | Extract<
      FlightEffect,
      { type: 'remember' | 'deliver' | 'revoke' | 'obtained' | 'failed' | 'degraded' | 'went_back' }
    >
  /** Another's lease is waited for no more. */
  | { readonly type: 'waited'; readonly generation: number; readonly durationMs: number }

export interface Flight {
  readonly id: string
  readonly goal: Goal
  /** What waiting callers get. */
  readonly result: Promise<FlightResult>
  /** Nothing is left to be stored. Never rejects. */
  readonly done: Promise<void>
  /** When anything last happened; monotonic ms. */
  progressAt(): number
  /** Adds a waiting caller. Call the result when the wait ends: without a waiting caller, nothing is retried. */
  join(): () => void
  /** The program wants to end: a store that stays down is not waited for without end. */
  close(): void
  /** What the next flight may know. */
  seen(): Seen
  /** Whether it holds a lease, and thus has something to store. */
  isHolding(): boolean
}

/** Executes what `step` decides, one store call at a time, and reports back what came of it. */
export function runFlight(
  id: string,
  goal: Goal,
  policy: FlightPolicy,
  runtime: FlightRuntime,
  seen: Seen = {},
): Flight {
  const { clock } = runtime
  const { key } = policy
  let state = beginFlight(id, goal, policy, seen)
  let progressAt = clock.monotonic()
  let waiting = 0
  let waitsForOtherSince: number | undefined
  const timers = new AbortController()
  const result = deferred<FlightResult>()
  const done = deferred<void>()
  result.promise.catch(() => {})

  const dispatch = (fact: FlightFact): void => {
    progressAt = clock.monotonic()
    try {
      const next = step(state, { ...fact, mono: progressAt, random: clock.random() })
      state = next.state
      for (const effect of next.effects) execute(effect)
    } catch (error) {
      result.reject(error)
      finish()
    }
  }

  const finish = (): void => {
    timers.abort()
    done.resolve()
  }

  const tellWait = (): void => {
    if (waitsForOtherSince === undefined) return
    const durationMs = clock.monotonic() - waitsForOtherSince
    waitsForOtherSince = undefined
    runtime.changed({ type: 'waited', generation: runtime.newest()?.generation ?? 0, durationMs })
  }

  const execute = (effect: FlightEffect): void => {
    switch (effect.type) {
      case 'settle':
        tellWait()
        result.resolve(effect.result)
        return finish()
      case 'answer':
        return result.resolve(effect.result)
      case 'deliver':
        runtime.changed(effect)
        return result.resolve({ type: 'tokens', snapshot: effect.snapshot })
      case 'pause':
        if (isIdle()) return dispatch({ type: 'left' })
        if (effect.change) waitsForOtherSince ??= clock.monotonic()
        else tellWait()
        return void pause(effect)
      case 'read':
        return void readStore(runtime, policy).then(dispatch)
      case 'write':
        tellWait()
        return void writeStore(effect, runtime, state).then(dispatch)
      case 'request':
        return void askGrant({ ...runtime, proofKey: state.lease?.snapshot?.record?.proofKey }, effect).then(dispatch)
      default:
        return runtime.changed(effect)
    }
  }

  /** Never rejects: a store that cannot tell of changes is polled. */
  const pause = async ({ ms, timer, change }: EffectOf<'pause'>): Promise<void> => {
    const { signal } = timers
    const { store } = runtime
    const { lease } = state.seen
    const sleep = () => clock.sleep(ms, signal)
    const timeoutMs = lease && store.waitForChange ? Math.min(lease.until - progressAt, HEARD_MS) : ms
    let told: unknown
    do {
      // A flight that waits for another process makes progress.
      if (change) progressAt = clock.monotonic() + timeoutMs
      told = await (change && store.waitForChange
        ? store.waitForChange(key, change.version, { timeoutMs, signal }).catch(sleep)
        : sleep())
    } while (told === 'extended' && !signal.aborted)
    if (!signal.aborted) dispatch({ type: 'woke', timer })
  }

  /** Pauses before its next try, and no caller waits. */
  const isIdle = () => state.phase === 'pausing' && waiting === 0 && !state.goal.soft && !state.lease

  dispatch({ type: 'start' })
  return {
    id,
    goal,
    result: result.promise,
    done: done.promise,
    progressAt: () => progressAt,
    join() {
      waiting += 1
      return () => {
        waiting -= 1
        if (isIdle()) dispatch({ type: 'left' })
      }
    },
    close: () => dispatch({ type: 'closing' }),
    seen: () => state.seen,
    isHolding: () => state.lease !== undefined,
  }
}

type EffectOf<Type extends FlightEffect['type']> = Extract<FlightEffect, { type: Type }>

/** With the origin that was asked last: discovery comes before the token endpoint. */
async function askGrant(
  runtime: FlightRuntime & Pick<GrantRecord, 'proofKey'>,
  request: EffectOf<'request'>,
): Promise<FlightFact> {
  const { fetch } = runtime
  let server: string | undefined
  const outcome = await callGrant(
    {
      ...runtime,
      fetch(input, init) {
        server = originOf(String((input as Request).url ?? input))
        return fetch(input, init)
      },
    },
    request,
  )
  return { type: 'answered', outcome, server }
}

async function readStore(runtime: FlightRuntime, { key, target, canAcquire }: FlightPolicy): Promise<FlightFact> {
  const since = runtime.clock.monotonic()
  try {
    const snapshot = await readSnapshot(runtime, key, canAcquire, target)
    const owner = snapshot.record?.claim?.owner
    const isLeftOver = owner !== undefined && runtime.hasEnded(owner)
    const newest = runtime.newest()
    return {
      type: 'read',
      snapshot,
      isLeftOver,
      newest,
      isRejectionOurs: await isRejectionOurs(runtime, snapshot.record),
    }
  } catch (error) {
    const { type, reason, isMistake } = storeFailure(error)
    return type === 'record_unreadable' ? { type, reason } : { type: 'read_failed', reason, isMistake, since }
  }
}

export interface StoreFailure {
  readonly type: 'record_unreadable' | 'store_unavailable'
  /** Only words of ours may be shown: those of a database's client may quote the record. */
  readonly reason: string | undefined
  /** Only a person can mend it. */
  readonly isMistake: boolean
}

/** What a rejection of a store means. */
export function storeFailure(error: unknown): StoreFailure {
  return {
    type: isCredentialError(error, 'record_unreadable') ? 'record_unreadable' : 'store_unavailable',
    reason: isCredentialError(error) ? error.message : undefined,
    isMistake: isCredentialError(error, 'invalid_option'),
  }
}

/**
 * @param target whose view of the record it is
 * @param replacesDamaged treats a record that can never be read again as absent, so that it may be replaced
 * @throws what the store throws; CredentialError `record_unreadable` for a value that is not a record of this version
 */
export async function readSnapshot(
  { store, clock }: Pick<FlightRuntime, 'store' | 'clock'>,
  key: string,
  replacesDamaged = false,
  target?: string,
): Promise<Snapshot> {
  const startedAt = clock.monotonic()
  try {
    const { now, mono, version, value } = await getWithin(store, clock, key)
    if (value === undefined) return { now, mono, version, record: undefined }
    const stored = parseRecord(key, value)
    const record = stored && viewOf(stored, target)
    if (record) return { record, version, now, mono }
    const { recordUnreadable } = await import('../tokens/seldom.ts')
    throw recordUnreadable(key, value, { now, version })
  } catch (error) {
    const damaged = replacesDamaged && isCredentialError(error, 'record_unreadable') ? error.damaged : undefined
    if (damaged) return { ...damaged, mono: startedAt, record: undefined }
    throw error
  }
}

/**
 * Looks at what a store holds at a key, without changing it. Keys that are not those of tokens may hold anything.
 * @returns the store's clock, Unix ms, and the version; `undefined` when the key is absent
 * @throws what the store throws; CredentialError `record_unreadable`, with `damaged` only where a write that expects its
 *   `version` may take the place
 */
export async function checkRecord(
  store: TokenStore,
  key: string,
): Promise<{ readonly now: number; readonly version: string | undefined }> {
  const clock = systemClock
  const { now, version } = await (key.startsWith(TOKENS_KEY_START)
    ? readSnapshot({ store, clock }, key)
    : getWithin(store, clock, key))
  return { now, version }
}

/** How the store key of every credential begins. */
const TOKENS_KEY_START = '["vk1",'

async function writeStore(
  { expected, record }: EffectOf<'write'>,
  { store, clock, isKeyedBySecrets }: FlightRuntime,
  { policy, phase, pending }: FlightState,
): Promise<FlightFact> {
  const since = clock.monotonic()
  const stored = storedOf(record, policy.target)
  const retainMs = retainMsOf(stored, pending?.now ?? 0, policy.canAcquire, isKeyedBySecrets)
  const isExtension = phase === 'requesting'
  try {
    const written = await setWithin(store, clock, policy.key, expected, serializeRecord(stored), retainMs, isExtension)
    return written.ok ? { type: 'written', version: written.version } : { type: 'write_lost' }
  } catch (error) {
    const { reason, isMistake } = storeFailure(error)
    return { type: 'write_unknown', reason, isMistake, since }
  }
}

/** A grant that names no secrets is bound by the rejections that this process itself met. */
async function isRejectionOurs(runtime: FlightRuntime, record: GrantRecord | undefined): Promise<boolean> {
  if (!record?.rejection) return false
  if (runtime.isKeyedBySecrets) return true
  const { by, salt } = record.rejection
  if (by === undefined || salt === undefined) return record.writtenBy.startsWith(runtime.processId)
  return (await fingerprint(runtime.grant, salt)) === by
}

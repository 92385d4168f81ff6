import { deferred } from '../deferred.ts'
import { isCredentialError } from '../errors.ts'
import { fingerprint } from '../fingerprint.ts'
import { callGrant, type GrantCaller } from '../grant-call.ts'
import { type GrantRecord, parseRecord, serializeRecord, TOMBSTONE_RETAIN_MS } from '../record.ts'
import type { TokenStore } from '../store.ts'
import { getWithin, setWithin } from '../store-call.ts'
import type { FlightEffect, FlightFact, FlightResult, FlightState, Known, Need } from './state.ts'
import { step } from './step.ts'

export interface FlightShell extends GrantCaller {
  readonly store: TokenStore
  /** Prefix of the ids of all flights of this process. */
  readonly processId: string
  /** Told of every effect that concerns this process's memory, listeners, or a token set that nobody will use. */
  notice(effect: NoticeEffect): void
}

export type NoticeEffect = Extract<
  FlightEffect,
  { type: 'remember' | 'deliver' | 'revoke' | 'obtained' | 'failed' | 'degraded' }
>

export interface Flight {
  readonly need: Need
  /** What waiting callers get. */
  readonly result: Promise<FlightResult>
  /** Nothing is left to be stored. Never rejects. */
  readonly done: Promise<void>
  /** When anything last happened; monotonic ms. */
  progressAt(): number
  /** Whether it holds a claim, and thus has something to store. */
  isHolding(): boolean
}

/** Executes what `step` decides, one store call at a time, and reports back what came of it. */
export function runFlight(initial: FlightState, shell: FlightShell): Flight {
  const { clock } = shell
  const { key } = initial.policy
  let state = initial
  let progressAt = clock.monotonic()
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

  const execute = (effect: FlightEffect): void => {
    switch (effect.type) {
      case 'settle':
        result.resolve(effect.result)
        return finish()
      case 'deliver':
        shell.notice(effect)
        return result.resolve({ type: 'tokens', known: effect.known })
      case 'pause':
        return void pause(effect, shell, key, timers.signal).then((fact) => fact && dispatch(fact))
      case 'read':
        return void readStore(shell, key).then(dispatch)
      case 'write':
        return void writeStore(effect, shell, key).then(dispatch)
      case 'request':
        return void callGrant(shell, effect).then((outcome) => dispatch({ type: 'answered', outcome }))
      default:
        return shell.notice(effect)
    }
  }

  dispatch({ type: 'start' })
  return {
    need: initial.need,
    result: result.promise,
    done: done.promise,
    progressAt: () => progressAt,
    isHolding: () => state.claim !== undefined,
  }
}

type EffectOf<Type extends FlightEffect['type']> = Extract<FlightEffect, { type: Type }>

/** Never rejects: a store that cannot wait for changes is polled. */
async function pause(
  { ms, timer, change }: EffectOf<'pause'>,
  { store, clock }: FlightShell,
  key: string,
  signal: AbortSignal,
): Promise<FlightFact | undefined> {
  const sleep = () => clock.sleep(ms, signal)
  if (change && store.waitForChange) {
    await store.waitForChange(key, change.version, { timeoutMs: ms, signal }).catch(sleep)
  } else {
    await sleep()
  }
  return signal.aborted ? undefined : { type: 'woke', timer }
}

async function readStore(shell: FlightShell, key: string): Promise<FlightFact> {
  try {
    const known = await readKnown(shell, key)
    if (known === undefined) return { type: 'unreadable' }
    return { type: 'read', known, isRejectionOurs: await isRejectionOurs(shell, known.record) }
  } catch (error) {
    return { type: 'read-failed', reason: storeProblem(error) }
  }
}

/** Only words of ours may be shown: a driver's may quote the record. */
export function storeProblem(error: unknown): string | undefined {
  return isCredentialError(error) ? error.message : undefined
}

/** `undefined`: the stored text is no record that this version can read. @throws what the store throws */
export async function readKnown(
  { store, clock }: Pick<FlightShell, 'store' | 'clock'>,
  key: string,
): Promise<Known | undefined> {
  const read = await getWithin(store, clock, key).catch((error: unknown) => {
    if (isCredentialError(error, 'record_unreadable')) return undefined
    throw error
  })
  if (read === undefined) return undefined
  const { now, mono, version, value } = read
  if (value === undefined) return { now, mono }
  const record = parseRecord(key, value)
  return record && { record, version, now, mono }
}

async function writeStore(
  { expected, record }: EffectOf<'write'>,
  { store, clock }: FlightShell,
  key: string,
): Promise<FlightFact> {
  try {
    const retainMs = record.signedOut ? TOMBSTONE_RETAIN_MS : undefined
    const written = await setWithin(store, clock, key, expected, serializeRecord(record), retainMs)
    return written.ok ? { type: 'written', version: written.version } : { type: 'write-lost' }
  } catch (error) {
    return { type: 'write-unknown', reason: storeProblem(error) }
  }
}

/** A grant that names no secrets is bound by the rejections that this process itself met. */
async function isRejectionOurs(shell: FlightShell, record: GrantRecord | undefined): Promise<boolean> {
  if (!record?.rejection) return false
  const { by, salt } = record.rejection
  if (by === undefined || salt === undefined) return record.writtenBy.startsWith(shell.processId)
  return (await fingerprint(shell.grant, salt)) === by
}

import { hasMethods, ownMembers } from './members.ts'

/** Time and chance, replaceable in tests. */
export interface Clock {
  /** Unix ms. May step. */
  now(): number
  /** Ms since some start; never goes back. May stop while the machine sleeps. */
  monotonic(): number
  /** Resolves after `ms`, or as soon as `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** At least 0, below 1. */
  random(): number
}

/** The machine's own clock. */
export const systemClock: Clock = /* @__PURE__ */ Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  sleep: systemSleep,
})

/** A longer timer of JavaScript fires at once. */
const LONGEST_TIMER_MS: number = 2 ** 31 - 1

export function systemSleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const finish = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, Math.min(ms, LONGEST_TIMER_MS))
    signal?.addEventListener('abort', finish, { once: true })
  })
}

/** A timer that comes this late was not only busy: the process was frozen or suspended, or its event loop blocked. */
const FROZEN_MS = 50
/** What arrived while the process was frozen is read, and stored, within that time. */
const CATCH_UP_MS = 1_000

/**
 * Sleeps for `ms`. In a process that was frozen the timers fire before the sockets are read: then what has arrived meanwhile
 * is given time to be read first.
 */
export async function sleepOut(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  const startedAt = clock.monotonic()
  await clock.sleep(ms, signal)
  if (clock.monotonic() - startedAt - ms > FROZEN_MS) await clock.sleep(CATCH_UP_MS, signal)
}

/** Settles as `work` does, or after `ms` as `late` says; the work itself goes on. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>, late: () => T): Promise<T> {
  const finished = new AbortController()
  const limit = sleepOut(clock, ms, finished.signal).then(() => (finished.signal.aborted ? work : late()))
  try {
    return await Promise.race([work, limit])
  } finally {
    finished.abort()
  }
}

/*
 * Abort signals as React Native and other early implementations have them too: without `reason`, `throwIfAborted()`,
 * `AbortSignal.any()` and the option `signal` of a listener.
 */

interface Waiting {
  readonly all: Set<() => void>
  readonly abort: () => void
}

/** Held by the signal, so that nothing outlives it. */
const waitingFor = new WeakMap<AbortSignal, Waiting>()

/**
 * Calls `leave` when the signal aborts, at once if it has. Each signal has one listener, for any number of waits: Node 20
 * warns of a leak from the eleventh listener on.
 * @param leave a function of this call's own; must not throw
 * @returns what ends the wait
 */
export function onAbort(signal: AbortSignal | null | undefined, leave: () => void): () => void {
  if (!signal) return () => {}
  if (signal.aborted) {
    leave()
    return () => {}
  }
  const { all, abort } = waitingFor.get(signal) ?? listen(signal)
  all.add(leave)
  return () => {
    all.delete(leave)
    if (all.size > 0) return
    waitingFor.delete(signal)
    signal.removeEventListener('abort', abort)
  }
}

function listen(signal: AbortSignal): Waiting {
  const all = new Set<() => void>()
  const abort = (): void => {
    for (const leave of all) leave()
  }
  const waiting = { all, abort }
  waitingFor.set(signal, waiting)
  signal.addEventListener('abort', abort)
  return waiting
}

/** `signal.throwIfAborted()`. @throws `signal.reason`; an `AbortError` where the signal has none */
export function throwIfAborted(signal: AbortSignal | null | undefined): void {
  if (signal?.aborted) throw reasonOf(signal)
}

/** `controller.abort(reason)`, with which `throwIfAborted` throws this reason on every platform. */
export function abortWith(controller: AbortController, reason: unknown): void {
  if (!('reason' in controller.signal)) Object.assign(controller.signal, { reason })
  controller.abort(reason)
}

/** Settles as `work` does, or rejects with `signal.reason` as soon as the signal aborts; the work itself goes on. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const stay = onAbort(signal, () => reject(reasonOf(signal)))
    work.then(resolve, reject).finally(stay)
  })
}

/** React Native has no `DOMException` either. */
function reasonOf({ reason }: AbortSignal): unknown {
  return reason === undefined ? Object.assign(new Error('This operation was aborted'), { name: 'AbortError' }) : reason
}

export interface WaitBounds {
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/**
 * What the `waitForChange` of a store waits in: resolves when `listen` calls `end`, when the signal aborts, and after the
 * timeout at the latest. Keeps no process alive.
 *
 * @param listen begins to listen, and returns what stops that, which is called once, in the turn in which the wait ends; not
 * called when the signal has aborted already
 */
export function boundedWait(bounds: WaitBounds, listen: (end: () => void) => () => void): Promise<void> {
  const { timeoutMs, signal } = ownMembers(bounds)
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const over = new AbortController()
    const end = (): void => over.abort()
    const timer = setTimeout(end, Math.min(timeoutMs, LONGEST_TIMER_MS))
    if (hasMethods(timer, ['unref'])) timer.unref()
    const leave = onAbort(signal, end)
    const stop = listen(end)
    const finish = (): void => {
      clearTimeout(timer)
      leave()
      stop()
      resolve()
    }
    if (over.signal.aborted) finish()
    else over.signal.addEventListener('abort', finish)
  })
}

/** A promise and the functions that settle it (`Promise.withResolvers`, which Node 20 has not). */
export interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(reason: unknown): void
}

export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {}
  let reject: (reason: unknown) => void = () => {}
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}

import type { Clock } from '@valetkey/core'
import { knownOptions } from '@valetkey/core/kit'

export interface VirtualClock extends Clock {
  /**
   * Moves wall clock and monotonic clock forward by `ms` and wakes the sleepers that are due, earliest first, each at
   * its own time. Before the first, after each and at the end one turn of the event loop passes: promise callbacks and
   * I/O that was ready then have run, and a sleep started by them is honoured within the same `advance`. It does not
   * wait for I/O under way, such as an answer from a server: await that itself.
   */
  advance(ms: number): Promise<void>
  /** Sets only the wall clock, as a correction by NTP does. Sleeps are not affected. */
  setWall(unixMs: number): void
  /**
   * Resolves as soon as a sleep that ends within `withinMs` is under way, with the ms until the earliest of them ends:
   * `await clock.advance(await clock.waitForSleep(1000))`.
   */
  waitForSleep(withinMs: number): Promise<number>
  /**
   * What `promise` settles with. Until then it advances over every sleep of up to `withinMs`, such as the pauses between
   * retries; longer ones, such as time limits, do not run out on the way.
   */
  runUntil<T>(promise: Promise<T>, withinMs: number): Promise<T>
}

export interface VirtualClockOptions {
  /** Wall clock at the start, Unix ms. @default 2026-01-01T00:00:00Z */
  readonly now?: number | undefined
}

/** A clock that moves only when a test advances it. `random()` is always 0.5: no jitter. */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const { now = Date.UTC(2026, 0, 1) } = knownOptions('@valetkey/testing', options, { now: true })
  let monotonic = 0
  let wallOffset = now
  const sleepers = createSleepers(() => monotonic)
  const advance = async (ms: number) => {
    const end = monotonic + ms
    await turn()
    for (let next = sleepers.earliest(); next && next.due <= end; next = sleepers.earliest()) {
      monotonic = Math.max(monotonic, next.due)
      next.wake()
      await turn()
    }
    monotonic = end
    await turn()
  }
  return {
    now: () => monotonic + wallOffset,
    monotonic: () => monotonic,
    random: () => 0.5,
    sleep: sleepers.sleep,
    waitForSleep: sleepers.waitForSleep,
    setWall(unixMs) {
      wallOffset = unixMs - monotonic
    },
    advance,
    async runUntil(promise, withinMs) {
      const settled = promise.then(
        () => undefined,
        () => undefined,
      )
      for (;;) {
        const sleepMs = await Promise.race([settled, sleepers.waitForSleep(withinMs)])
        if (sleepMs === undefined) return promise
        await advance(sleepMs)
      }
    },
  }
}

interface Sleeper {
  readonly due: number
  readonly wake: () => void
}

interface Sleepers extends Pick<VirtualClock, 'sleep' | 'waitForSleep'> {
  earliest(): Sleeper | undefined
}

function createSleepers(monotonic: () => number): Sleepers {
  const sleepers = new Set<Sleeper>()
  const watchers = new Set<() => void>()
  const earliest = () => [...sleepers].sort((a, b) => a.due - b.due)[0]
  return {
    earliest,
    sleep: (ms, signal) =>
      new Promise<void>((resolve) => {
        if (signal?.aborted || ms <= 0) return resolve()
        const sleeper: Sleeper = { due: monotonic() + ms, wake }
        function wake(): void {
          sleepers.delete(sleeper)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        signal?.addEventListener('abort', wake, { once: true })
        sleepers.add(sleeper)
        for (const look of watchers) look()
      }),
    waitForSleep: (withinMs) =>
      new Promise((resolve) => {
        const look = () => {
          const next = earliest()
          if (!next || next.due > monotonic() + withinMs) return
          watchers.delete(look)
          resolve(next.due - monotonic())
        }
        watchers.add(look)
        look()
      }),
  }
}

/** A timer, not a microtask: the event loop polls I/O before it fires. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}

import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Clock } from '../src/time.ts'
import { abortable, boundedWait, deferred, onAbort, sleepOut, systemClock, systemSleep, within } from '../src/time.ts'

const LONGEST_MS = 2 ** 31 - 1

test('the machine’s clock is the machine’s', () => {
  const clocks = [vi.spyOn(Date, 'now'), vi.spyOn(performance, 'now'), vi.spyOn(Math, 'random')]
  for (const [index, clock] of clocks.entries()) {
    onTestFinished(() => clock.mockRestore())
    clock.mockReturnValue(index / 4)
  }
  const { now, monotonic, random, sleep } = systemClock
  expect([now(), monotonic(), random()]).toEqual([0, 0.25, 0.5])
  expect(sleep).toBe(systemSleep)
})

describe('a sleep', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const ended = vi.fn<() => void>()
  const sleep = (ms: number, signal?: AbortSignal) => {
    ended.mockClear()
    void systemSleep(ms, signal).then(ended)
  }

  test('ends after its time', async () => {
    const { signal } = new AbortController()
    sleep(500, signal)
    await vi.advanceTimersByTimeAsync(499)
    expect(ended).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(ended).toHaveBeenCalledOnce()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  test('ends with its signal, and leaves no timer', async () => {
    const leaving = new AbortController()
    sleep(500, leaving.signal)
    leaving.abort()
    await vi.advanceTimersByTimeAsync(0)
    expect(ended).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('does not begin with a signal that has aborted', async () => {
    sleep(500, AbortSignal.abort())
    await vi.advanceTimersByTimeAsync(0)
    expect([ended.mock.calls.length, vi.getTimerCount()]).toEqual([1, 0])
  })

  test('longer than any timer is as long as one', async () => {
    sleep(1e12)
    await vi.advanceTimersByTimeAsync(LONGEST_MS - 1)
    expect(ended).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(ended).toHaveBeenCalledOnce()
    const waited = vi.fn<() => void>()
    void boundedWait({ timeoutMs: 1e12 }, () => () => {}).then(waited)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(waited).not.toHaveBeenCalled()
  })
})

describe('a process that was frozen', () => {
  const { signal } = new AbortController()
  const sleepsOf = async (lateMs: number) => {
    let mono = 0
    const sleeps: unknown[][] = []
    const clock: Clock = {
      ...systemClock,
      monotonic: () => mono,
      async sleep(...args) {
        sleeps.push(args)
        mono += args[0] + lateMs
      },
    }
    await sleepOut(clock, 500, signal)
    return sleeps
  }

  test('has a second to read what arrived meanwhile', async () => {
    expect(await sleepsOf(51)).toEqual([
      [500, signal],
      [1_000, signal],
    ])
  })

  test('or was only busy', async () => {
    expect(await sleepsOf(50)).toEqual([[500, signal]])
  })
})

test('a time limit passes on what the work rejects with, and ends its sleep', async () => {
  const signals: (AbortSignal | undefined)[] = []
  const clock: Clock = {
    ...systemClock,
    sleep: (_ms, signal) => {
      signals.push(signal)
      return new Promise(() => {})
    },
  }
  const work = Promise.reject(new Error('refused'))
  await expect(within(clock, 500, work, () => 'late')).rejects.toThrow('refused')
  expect(signals.map((signal) => signal?.aborted)).toEqual([true])
})

describe('an abort', () => {
  test('of no signal never comes', () => {
    const leave = vi.fn<() => void>()
    for (const signal of [null, undefined]) onAbort(signal, leave)()
    expect(leave).not.toHaveBeenCalled()
  })

  test('that has come is told at once, and once', () => {
    const leave = vi.fn<() => void>()
    const signal = AbortSignal.abort()
    onAbort(signal, leave)()
    expect([leave.mock.calls.length, getEventListeners(signal, 'abort').length]).toEqual([1, 0])
  })

  test('is told to all who still wait, with one listener, which goes with the last of them', () => {
    const { signal } = new AbortController()
    const stops = [onAbort(signal, () => {}), onAbort(signal, () => {})]
    const listeners = () => getEventListeners(signal, 'abort').length
    expect(listeners()).toBe(1)
    stops[0]?.()
    expect(listeners()).toBe(1)
    stops[1]?.()
    expect(listeners()).toBe(0)
    const stop = onAbort(signal, () => {})
    expect(listeners()).toBe(1)
    stop()
  })

  test('ends a wait with its reason; the work goes on', async () => {
    const leaving = new AbortController()
    const { promise, resolve } = deferred<string>()
    const waiting = abortable(promise, leaving.signal)
    leaving.abort('left')
    await expect(waiting).rejects.toBe('left')
    resolve('done')
    expect(await promise).toBe('done')
    await expect(abortable(promise, leaving.signal)).rejects.toBe('left')
  })

  test('that does not come changes nothing, and nothing stays on the signal', async () => {
    const { signal } = new AbortController()
    const work = Promise.resolve('done')
    expect(abortable(work, null)).toBe(work)
    expect(await abortable(work, signal)).toBe('done')
    await expect(abortable(Promise.reject(new Error('refused')), signal)).rejects.toThrow('refused')
    await new Promise(setImmediate)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  test('without a reason is an AbortError', async () => {
    const lean = { aborted: true, addEventListener() {}, removeEventListener() {} } as unknown as AbortSignal
    await expect(abortable(Promise.resolve(), lean)).rejects.toMatchObject({
      name: 'AbortError',
      message: 'This operation was aborted',
    })
  })
})

test('a bounded wait ends where timers are numbers, as in a browser, and leaves no listener', async () => {
  const timers = vi.spyOn(globalThis, 'setTimeout').mockReturnValue(7 as never)
  const clears = vi.spyOn(globalThis, 'clearTimeout')
  onTestFinished(() => {
    timers.mockRestore()
    clears.mockRestore()
  })
  const { signal } = new AbortController()
  await boundedWait({ timeoutMs: 500, signal }, (end) => {
    end()
    return () => {}
  })
  expect([timers.mock.calls.at(-1)?.[1], clears.mock.calls]).toEqual([500, [[7]]])
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('a deferred promise settles as it is told', async () => {
  const [kept, broken] = [deferred<string>(), deferred<string>()]
  kept.resolve('kept')
  broken.reject(new Error('broken'))
  expect(await kept.promise).toBe('kept')
  await expect(broken.promise).rejects.toThrow('broken')
})

import { boundedWait } from '@valetkey/core/kit'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'

afterEach(() => void vi.useRealTimers())

/** Someone who listens until told to stop. */
function listener() {
  let end = (): void => {}
  const stop = vi.fn<() => void>()
  const listen = vi.fn<(ending: () => void) => () => void>((ending) => {
    end = ending
    return stop
  })
  return { listen, stop, end: () => end() }
}

test('a wait ends when the listener says so, and the listening with it', async () => {
  const { listen, stop, end } = listener()
  const waiting = boundedWait({ timeoutMs: 60_000 }, listen)
  expect(stop).not.toHaveBeenCalled()
  end()
  await waiting
  expect(stop).toHaveBeenCalledOnce()
})

test('a listener may say so at once', async () => {
  const { stop } = listener()
  await boundedWait({ timeoutMs: 60_000 }, (end) => {
    end()
    return stop
  })
  expect(stop).toHaveBeenCalledOnce()
})

test('a wait ends after the timeout at the latest', async () => {
  vi.useFakeTimers()
  const { listen, stop } = listener()
  const waiting = boundedWait({ timeoutMs: 500 }, listen)
  await vi.advanceTimersByTimeAsync(499)
  expect(stop).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  await waiting
  expect(stop).toHaveBeenCalledOnce()
})

test('a wait ends when the signal aborts, and does not begin when it has', async () => {
  const leaving = new AbortController()
  const { listen, stop } = listener()
  const waiting = boundedWait({ timeoutMs: 60_000, signal: leaving.signal }, listen)
  leaving.abort()
  await waiting
  await boundedWait({ timeoutMs: 60_000, signal: leaving.signal }, listen)
  expect([listen, stop].map(({ mock }) => mock.calls.length)).toEqual([1, 1])
})

test('a wait keeps no process alive', () => {
  const timers = vi.spyOn(globalThis, 'setTimeout')
  onTestFinished(() => timers.mockRestore())
  void boundedWait({ timeoutMs: 60_000 }, listener().listen)
  expect(timers.mock.results.map(({ value }) => value.hasRef())).toEqual([false])
})

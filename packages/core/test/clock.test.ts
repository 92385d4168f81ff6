import { describe, expect, test } from 'vitest'
import { type Clock, systemClock, within } from '../src/time.ts'
import { callGrant } from '../src/tokens/grant.ts'

/** Each sleep ends when the test says so, at the time that it says. */
function steppedClock() {
  let mono = 0
  const sleeps: Array<{ readonly ms: number; readonly wake: () => void }> = []
  const clock: Clock = {
    ...systemClock,
    monotonic: () => mono,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        sleeps.push({ ms, wake: resolve })
        signal?.addEventListener('abort', () => resolve())
      }),
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  return {
    clock,
    /** The newest sleep ends `lateMs` later than it was asked to. @returns what it was asked for */
    async wake(lateMs = 0) {
      await turn()
      const { ms, wake } = sleeps.at(-1) ?? { ms: Number.NaN, wake: () => {} }
      mono += ms + lateMs
      wake()
      await turn()
      return ms
    },
  }
}

/** Settles as `promise` has so far. */
const soFar = <T>(promise: Promise<T>) => Promise.race([promise, Promise.resolve('nothing yet' as const)])

describe('a time limit', () => {
  test('ends the wait when it is over', async () => {
    const { clock, wake } = steppedClock()
    const waiting = within(clock, 60_000, new Promise<string>(() => {}), () => 'late')
    expect(await wake()).toBe(60_000)
    expect(await waiting).toBe('late')
  })

  test('that ends while the process is frozen lets it read what has arrived', async () => {
    const { clock, wake } = steppedClock()
    let arrive = (_answer: string): void => {}
    const waiting = within(clock, 60_000, new Promise<string>((resolve) => (arrive = resolve)), () => 'late')
    await wake(5_000)
    expect(await soFar(waiting)).toBe('nothing yet')
    arrive('the answer')
    expect(await waiting).toBe('the answer')
  })

  test('that ends while the process is frozen ends a second later when nothing arrives', async () => {
    const { clock, wake } = steppedClock()
    const waiting = within(clock, 60_000, new Promise<string>(() => {}), () => 'late')
    await wake(5_000)
    expect(await wake()).toBe(1_000)
    expect(await waiting).toBe('late')
  })

  test('is over with the work, and does nothing then', async () => {
    const { clock, wake } = steppedClock()
    const lates: string[] = []
    expect(await within(clock, 60_000, Promise.resolve('done'), () => String(lates.push('late')))).toBe('done')
    await wake()
    expect(lates).toEqual([])
  })
})

test('a token request that is answered while the process is frozen has its answer', async () => {
  const { clock, wake } = steppedClock()
  let answer = (_tokens: { accessToken: string }): void => {}
  const acquire = () => new Promise<{ accessToken: string }>((resolve) => (answer = resolve))
  const outcome = callGrant({ grant: { acquire }, account: 'default', clock, fetch }, { mode: 'acquire' })
  expect(await wake(5_000)).toBe(60_000)
  answer({ accessToken: 'access' })
  expect(await outcome).toMatchObject({ type: 'obtained', tokens: { accessToken: 'access' } })
})

import { hasMethods } from './has-methods.ts'

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
export function boundedWait({ timeoutMs, signal }: WaitBounds, listen: (end: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const over = new AbortController()
    const end = (): void => over.abort()
    const timer = setTimeout(end, timeoutMs)
    if (hasMethods(timer, ['unref'])) timer.unref()
    signal?.addEventListener('abort', end, { once: true, signal: over.signal })
    const stop = listen(end)
    const finish = (): void => {
      clearTimeout(timer)
      stop()
      resolve()
    }
    if (over.signal.aborted) finish()
    else over.signal.addEventListener('abort', finish)
  })
}

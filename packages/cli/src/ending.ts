/**
 * How long a token request in progress may take when the process has to end: its answer may contain the only valid refresh
 * token. Then it is aborted and the lease released.
 */
export const REQUEST_ENDING_MS = 2_000
/** What is left to everything else, such as a store that does not answer; then the process ends without it. */
export const ENDING_MS = 4_000

/** Settles as `work` does, or rejects with the reason as soon as the signal aborts; the work itself goes on. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  if (signal.aborted) work.catch(() => {})
  signal.throwIfAborted()
  return await unlessAbortedAfter(signal, 0, work)
}

/** The same, `ms` after the signal aborted. */
export async function unlessAbortedAfter<T>(signal: AbortSignal, ms: number, work: Promise<T>): Promise<T> {
  const late = abortedAfter(signal, ms)
  try {
    return await new Promise<T>((resolve, reject) => {
      late.signal.addEventListener('abort', () => reject(late.signal.reason), { once: true })
      work.then(resolve, reject)
    })
  } finally {
    late.end()
  }
}

/** A signal that aborts `ms` after another one, until it is ended. */
export function abortedAfter(
  signal: AbortSignal,
  ms: number,
): { readonly signal: AbortSignal; readonly end: () => void } {
  const late = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const begin = (): void => {
    if (ms === 0) late.abort(signal.reason)
    else timer = setTimeout(() => late.abort(signal.reason), ms)
  }
  if (signal.aborted) begin()
  else signal.addEventListener('abort', begin, { once: true })
  const end = (): void => {
    signal.removeEventListener('abort', begin)
    clearTimeout(timer)
  }
  return { signal: late.signal, end }
}

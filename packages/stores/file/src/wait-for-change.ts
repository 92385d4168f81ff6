import { type FSWatcher, watch } from 'node:fs'

const FIRST_POLL_MS = 25
const POLL_GROWTH = 1.6
/** The longest delay if a notification is lost or the file system sends none. */
const LAST_POLL_MS = 1_000

export interface ChangeOptions {
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** Resolves when `hasChanged` returns true, after the timeout, or on abort. Keeps no process alive and never rejects. */
export async function waitUntilChanged(
  folder: string,
  hasChanged: () => Promise<boolean>,
  { timeoutMs, signal }: ChangeOptions,
): Promise<void> {
  const endsAt = performance.now() + timeoutMs
  const nap = createNap()
  let watcher: FSWatcher | undefined
  let pollMs = FIRST_POLL_MS
  signal?.addEventListener('abort', nap.end, { once: true })
  while (!signal?.aborted && performance.now() < endsAt) {
    // The watch and the timer start before the check, so that no change is missed.
    watcher ??= tryToWatch(folder, nap.end)
    const over = nap.begin(Math.max(1, Math.min(pollMs, endsAt - performance.now())))
    if (await hasChanged()) break
    await over
    pollMs = Math.min(pollMs * POLL_GROWTH, LAST_POLL_MS)
  }
  nap.end()
  watcher?.close()
  signal?.removeEventListener('abort', nap.end)
}

interface Nap {
  begin(ms: number): Promise<void>
  readonly end: () => void
}

function createNap(): Nap {
  let end = (): void => {}
  return {
    begin: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.ceil(ms)).unref()
        end = () => {
          clearTimeout(timer)
          resolve()
        }
      }),
    end: () => end(),
  }
}

/** `undefined` if the folder does not exist yet or cannot be watched. */
function tryToWatch(folder: string, onEvent: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, onEvent)
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return undefined
  }
}

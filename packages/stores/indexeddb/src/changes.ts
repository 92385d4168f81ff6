export interface Change {
  readonly key: string
  readonly version: string
}

/** Tells all tabs and workers of the site. Nothing is told where the browser has no BroadcastChannel (Safari before 15.4). */
export function announce(database: string, change: Change): void {
  const channel = openChannel(database)
  channel?.postMessage(change)
  channel?.close()
}

export interface Wait {
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** Whether it has changed already, looked up once the channel is open, so that no change falls in between. */
  hasChanged(): Promise<boolean>
}

/** Resolves at a change of `key` to another version than `version`, at the timeout or when aborted; never rejects. */
export function waitForChange(database: string, key: string, version: string | undefined, wait: Wait): Promise<void> {
  const { timeoutMs, signal } = wait
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const channel = openChannel(database)
    const finish = (): void => {
      clearTimeout(timer)
      channel?.close()
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, timeoutMs)
    signal?.addEventListener('abort', finish, { once: true })
    channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (isChange(data) && data.key === key && data.version !== version) finish()
    })
    wait.hasChanged().then(
      (isOther) => isOther && finish(),
      () => {}, // the timeout ends the wait
    )
  })
}

function openChannel(database: string): BroadcastChannel | undefined {
  return typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(`valetkey:${database}`)
}

function isChange(data: unknown): data is Change {
  return typeof data === 'object' && data !== null && 'key' in data && 'version' in data
}

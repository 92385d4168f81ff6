import { boundedWait, type WaitBounds } from '@valetkey/core/kit'

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

export interface Wait extends WaitBounds {
  /** Whether it has changed already, looked up once the channel is open, so that no change falls in between. */
  hasChanged(): Promise<boolean>
}

/** Resolves at a change of `key` to another version than `version`, at the timeout or when aborted; never rejects. */
export function waitForChange(database: string, key: string, version: string | undefined, wait: Wait): Promise<void> {
  return boundedWait(wait, (end) => {
    const channel = openChannel(database)
    channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (isChange(data) && data.key === key && data.version !== version) end()
    })
    wait.hasChanged().then(
      (isOther) => isOther && end(),
      () => {}, // the timeout ends the wait
    )
    return () => channel?.close()
  })
}

function openChannel(database: string): BroadcastChannel | undefined {
  return typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(`valetkey:${database}`)
}

function isChange(data: unknown): data is Change {
  return typeof data === 'object' && data !== null && 'key' in data && 'version' in data
}

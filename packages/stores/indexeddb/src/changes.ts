import { boundedWait, type WaitBounds } from '@valetkey/core/kit'
import { storeUnavailable } from './failure.ts'

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

/**
 * Resolves at a change of `key` to another version than `version`, at the timeout or when aborted. Rejects where nobody tells
 * of changes: then the store is polled.
 */
export async function waitForChange(
  database: string,
  key: string,
  version: string | undefined,
  wait: Wait,
): Promise<void> {
  if (typeof BroadcastChannel === 'undefined') throw storeUnavailable('the browser has no BroadcastChannel')
  await boundedWait(wait, (end) => {
    const channel = openChannel(database)
    channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (isChange(data) && data.key === key && data.version !== version) end()
    })
    wait.hasChanged().then(
      (isOther) => isOther && end(),
      end, // what keeps the record from being read, the next read says
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

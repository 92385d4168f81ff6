import { boundedWait, type WaitBounds } from '@valetkey/core/kit'
import { storeUnavailable } from './failure.ts'

export interface Change {
  readonly key: string
  readonly version: string
}

/** Notifies all tabs and workers of the site. Does nothing if the browser has no BroadcastChannel (Safari before 15.4). */
export function announce(database: string, change: Change): void {
  const channel = openChannel(database)
  channel?.postMessage(change)
  channel?.close()
}

export interface Wait extends WaitBounds {
  /** Whether the version has already changed: called after the channel is open, so that no change is missed. */
  hasChanged(): Promise<boolean>
}

/**
 * Resolves when the version of `key` differs from `version`, after the timeout or on abort. Rejects if the browser cannot
 * announce changes: core then polls the store.
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
      end, // if the record cannot be read, the next read reports why
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

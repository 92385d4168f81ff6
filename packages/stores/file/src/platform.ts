import { link } from 'node:fs/promises'
import type { Clock } from '@valetkey/core'
import { systemClock } from '@valetkey/core/kit'

/** What tests replace. */
export interface Platform {
  readonly clock: Clock
  /** `link` of `node:fs/promises`: fails with `EEXIST` if the new name exists. */
  link(existing: string, name: string): Promise<void>
}

export function nodePlatform(): Platform {
  return { clock: systemClock, link }
}

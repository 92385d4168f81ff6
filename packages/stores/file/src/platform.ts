import { link } from 'node:fs/promises'
import type { Clock } from '@valetkey/core'
import { systemClock } from '@valetkey/core/kit'

/** What tests replace. */
export interface Platform {
  readonly clock: Clock
  /** As `link` of `node:fs/promises`: fails with `EEXIST` when the new name is taken. */
  link(existing: string, name: string): Promise<void>
}

export function nodePlatform(): Platform {
  return { clock: systemClock(), link }
}

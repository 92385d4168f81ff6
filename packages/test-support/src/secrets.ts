import { inspect } from 'node:util'
import type { TokenCredential } from '@valetkey/core'
import { findLeaks } from '@valetkey/testing'

const show = (value: unknown) => inspect(value, { depth: 9, showHidden: true, customInspect: true })
const showRaw = (value: unknown) => inspect(value, { depth: 9, showHidden: true, customInspect: false })

/** Where one of the secrets can be seen in a value, however it is printed. */
export function leaksOf(value: unknown, secrets: readonly string[]): string[] {
  return [...findLeaks(value, secrets, show), ...findLeaks(value, secrets, showRaw)]
}

/** Every event of a credential from now on. */
export function recordEvents(credential: TokenCredential): unknown[] {
  const events: unknown[] = []
  credential.on('*', (name, detail) => events.push({ name, ...detail }))
  return events
}

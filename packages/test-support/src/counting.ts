import { writeSync } from 'node:fs'
import type { TokenStore } from '@valetkey/core'

export const COUNTER = 'counter'

const STANDARD_OUTPUT = 1

/** Adds 1 to the counter for ever, and prints each number that it has written for sure. */
export async function countForEver(store: TokenStore): Promise<never> {
  for (;;) {
    const { version, value } = await store.get(COUNTER)
    const next = Number(value ?? 0) + 1
    const written = await store.compareAndSet(COUNTER, version, String(next))
    if (written.ok) writeSync(STANDARD_OUTPUT, `${next}\n`)
  }
}

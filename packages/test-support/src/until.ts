import { setTimeout as pause } from 'node:timers/promises'

const STUCK_AFTER_MS = 15_000

/** Looks again and again until `holds`. @throws Error with `what` after 15 s */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + STUCK_AFTER_MS
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`it never came to be that ${what}`)
    await pause(5)
  }
}

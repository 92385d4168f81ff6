import type { Fault } from '../state.ts'

/** Faults that end after a time. */
export interface Faults {
  now(): readonly Fault[]
  /** @param heal at the end, or when the program ends */
  add(name: string, ms: number, heal: () => void | Promise<void>): void
  close(): Promise<void>
}

export function createFaults(): Faults {
  const active = new Map<string, ActiveFault>()
  const end = async (name: string) => {
    const fault = active.get(name)
    if (fault === undefined) return
    clearTimeout(fault.timer)
    await fault.heal()
    if (active.get(name) === fault) active.delete(name)
  }
  return {
    now: () => [...active].map(([name, { endsAt }]) => ({ name, endsInMs: Math.max(0, endsAt - Date.now()) })),
    add(name, ms, heal) {
      clearTimeout(active.get(name)?.timer)
      active.set(name, { endsAt: Date.now() + ms, timer: setTimeout(() => void end(name), ms), heal })
    },
    async close() {
      await Promise.all([...active.keys()].map(end))
    },
  }
}

interface ActiveFault {
  readonly endsAt: number
  readonly timer: NodeJS.Timeout
  heal(): void | Promise<void>
}

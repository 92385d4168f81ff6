import { epochMs } from '../epoch.ts'

export type IncidentKind = 'killed' | 'stopped' | 'cut off' | 'store down' | 'store went back' | 'locked'

/** Something that was done to one process, or to the store. Times in Unix ms. */
export interface Incident {
  readonly kind: IncidentKind
  /** Which life of which process; absent: all. */
  readonly worker?: string
  readonly from: number
  /** Infinity while it lasts, and for ever after a kill. */
  to: number
}

export interface Incidents {
  readonly all: readonly Incident[]
  /** Notes the begin, runs, and notes the end. */
  during(kind: IncidentKind, worker: string | undefined, run: () => Promise<void>): Promise<void>
  killed(worker: string): void
  /** What was written since `from` is gone. */
  wentBack(from: number): void
}

export function createIncidents(): Incidents {
  const all: Incident[] = []
  const begin = (kind: IncidentKind, worker: string | undefined): Incident => {
    const incident: Incident = { kind, ...(worker !== undefined && { worker }), from: epochMs(), to: Infinity }
    all.push(incident)
    return incident
  }
  return {
    all,
    killed: (worker) => void begin('killed', worker),
    wentBack: (from) => void all.push({ kind: 'store went back', from, to: epochMs() }),
    async during(kind, worker, run) {
      const incident = begin(kind, worker)
      try {
        await run()
      } finally {
        incident.to = epochMs()
      }
    },
  }
}

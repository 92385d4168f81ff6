import { setTimeout as pause } from 'node:timers/promises'
import type { Reaper } from './reaper.ts'
import type { WorkerPlan } from './worker/worker-plan.ts'
import { type Hear, startWorker, type Worker } from './worker-process.ts'

/** Every operation ends within the 60 s that callers wait at most, and the API answers at once. */
const FINISH_LIMIT_MS = 75_000

/** The processes of a run. */
export interface Crew {
  /** The present life of each process. */
  present(): readonly Worker[]
  /** SIGKILL; the process is started again at once. */
  replace(worker: Worker): Promise<void>
  /** Lets all finish what they are at. @returns the names of those that did not, or that crashed before */
  finish(): Promise<string[]>
  /** SIGKILL to all. */
  destroy(): Promise<void>
}

/** Resolves when all have opened their stores. `planOf` gives everything of a plan but the name. */
export async function startCrew(
  processes: number,
  planOf: (index: number) => Omit<WorkerPlan, 'name'>,
  hear: Hear,
  reaper: Reaper,
): Promise<Crew> {
  const present: Worker[] = []
  const crashed: string[] = []
  const start = (index: number, life: number): Worker => {
    const worker = startWorker('worker.ts', { name: `${index}.${life}`, ...planOf(index) }, hear, reaper)
    present[index] = worker
    void worker.ended.then(() => worker.child.exitCode && crashed.push(worker.name))
    return worker
  }
  const destroy = async (): Promise<void> => {
    for (const { child } of present) child.kill('SIGKILL')
    await Promise.all(present.map(({ ended }) => ended))
  }
  await Promise.all(Array.from({ length: processes }, (_, index) => start(index, 1).line('ready')))
  return {
    present: () => present,
    destroy,
    async replace(worker) {
      const [index = 0, life = 0] = worker.name.split('.').map(Number)
      worker.child.kill('SIGKILL')
      await worker.ended
      start(index, life + 1)
    },
    async finish() {
      const finishing = present.map((worker) => finishes(worker))
      for (const { child } of present) child.stdin?.end()
      const finished = await Promise.all(finishing)
      const unfinished = present.filter((_, index) => !finished[index]).map(({ name }) => name)
      return [...new Set([...crashed, ...unfinished])]
    },
  }
}

async function finishes(worker: Worker): Promise<boolean> {
  const limit = new AbortController()
  const finished = worker.line('finished').then(
    () => true,
    () => false,
  )
  const late = pause(FINISH_LIMIT_MS, false, { signal: limit.signal }).catch(() => false)
  try {
    return await Promise.race([finished, late])
  } finally {
    limit.abort()
  }
}

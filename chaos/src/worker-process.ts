import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Reaper } from './reaper.ts'
import type { WorkerLine } from './worker/worker-line.ts'
import type { WorkerPlan } from './worker/worker-plan.ts'

/** One process of a run. */
export interface Worker {
  /** Which life of which process: `3.1` is the first life of process 3. */
  readonly name: string
  readonly child: ChildProcess
  /** Resolves with the next line of this type. @throws when the process ends before */
  line<Type extends WorkerLine['type']>(type: Type): Promise<LineOf<Type>>
  /** Resolves when the process has ended and all that it printed has been heard. */
  readonly ended: Promise<void>
}

type LineOf<Type extends WorkerLine['type']> = Extract<WorkerLine, { type: Type }>

export type Hear = (worker: string, line: WorkerLine) => void

/** Starts a worker that runs `program`, a file in the folder `worker`. It ends with the reaper. */
export function startWorker(program: string, plan: WorkerPlan, hear: Hear, reaper: Reaper): Worker {
  const file = fileURLToPath(new URL(`./worker/${program}`, import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@valetkey/source', file, JSON.stringify(plan)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  reaper.watch(child)
  child.stdin.on('error', () => {}) // the process was killed; its end is heard of anyway
  const lines = createInterface({ input: child.stdout })
  const listeners = new Set<(line: WorkerLine) => void>()
  lines.on('line', (text) => {
    const line: WorkerLine = JSON.parse(text)
    hear(plan.name, line)
    for (const listener of listeners) listener(line)
  })
  const ended = Promise.all([once(child, 'exit'), once(lines, 'close')]).then(() => {})
  return {
    name: plan.name,
    child,
    ended,
    line: (type) =>
      new Promise((resolve, reject) => {
        const listener = (line: WorkerLine): void => {
          if (!isOfType(line, type)) return
          listeners.delete(listener)
          resolve(line)
        }
        listeners.add(listener)
        void ended.then(() => reject(new Error(`worker ${plan.name} ended early`)))
      }),
  }
}

function isOfType<Type extends WorkerLine['type']>(line: WorkerLine, type: Type): line is LineOf<Type> {
  return line.type === type
}

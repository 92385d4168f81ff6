import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { WorkerPlan, WorkerReport } from './worker-plan.ts'

/** Processes that work at the same time. */
export interface Crew extends AsyncDisposable {
  /** Has all of them send their requests. @returns what became of each request */
  cycle(): Promise<string[]>
}

/** Resolves when all are ready. */
export async function startCrew(processes: number, plan: WorkerPlan): Promise<Crew> {
  const workers = Array.from({ length: processes }, () => startWorker(plan))
  const crew: Crew = {
    async cycle() {
      const reports = workers.map(reportOf)
      for (const worker of workers) worker.send('go')
      return (await Promise.all(reports)).flatMap(({ outcomes }) => outcomes)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map(end))
    },
  }
  await Promise.all(workers.map(reportOf))
  return crew
}

function startWorker(plan: WorkerPlan): ChildProcess {
  const file = fileURLToPath(new URL('worker.ts', import.meta.url))
  const worker = fork(file, [JSON.stringify(plan)], { execArgv: ['--conditions=@valetkey/source'] })
  const kill = (): void => void worker.kill('SIGKILL')
  process.once('exit', kill)
  worker.once('exit', () => process.off('exit', kill))
  return worker
}

/** @throws when it ends instead */
async function reportOf(worker: ChildProcess): Promise<WorkerReport> {
  const settled = new AbortController()
  const { signal } = settled
  const ended = once(worker, 'exit', { signal }).then(() => Promise.reject(new Error('a worker ended early')))
  try {
    const [report] = await Promise.race([once(worker, 'message', { signal }), ended])
    return report
  } finally {
    ended.catch(() => undefined)
    settled.abort()
  }
}

async function end(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return
  const exited = once(worker, 'exit')
  worker.kill('SIGKILL')
  await exited
}

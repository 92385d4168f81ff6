import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { explore } from './explore.ts'
import { ABLATIONS, LARGE_SCENARIOS, SCENARIOS } from './scenarios.ts'
import type { Scenario } from './world.ts'

/**
 * Visits every reachable state of every scenario and prints a table. Exits 1 if an invariant breaks, or if an ablation
 * breaks none. `node --conditions=@valetkey/source packages/core/test/model/main.ts [large]`
 */
const WORKERS = 4
const LIMIT = 4_000_000

interface Report {
  readonly scenario: Scenario & { readonly breaks?: string }
  readonly states: number
  readonly isComplete: boolean
  readonly violations: ReadonlyArray<readonly [string, readonly string[]]>
  readonly unavoidable: readonly string[]
}

if (isMainThread) process.exitCode = await main()
else parentPort?.on('message', (scenario: Scenario) => parentPort?.postMessage(report(scenario)))

function report(scenario: Scenario): Report {
  const { states, isComplete, violations, unavoidable } = explore(scenario, LIMIT)
  return { scenario, states, isComplete, violations: [...violations], unavoidable: [...unavoidable] }
}

async function main(): Promise<number> {
  const isLarge = process.argv.includes('large')
  const waiting: Scenario[] = [...SCENARIOS, ...(isLarge ? LARGE_SCENARIOS : []), ...ABLATIONS].reverse()
  const reports: Report[] = []
  await Promise.all(Array.from({ length: WORKERS }, () => work(waiting, reports)))
  return summarize(reports)
}

async function work(waiting: Scenario[], reports: Report[]): Promise<void> {
  const worker = new Worker(new URL(import.meta.url), {
    execArgv: process.execArgv,
    resourceLimits: { maxOldGenerationSizeMb: 4096 },
  })
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    worker.postMessage(next)
    const done = await new Promise<Report>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    reports.push(done)
    console.log(line(done))
  }
  await worker.terminate()
}

function line({ scenario, states, isComplete, violations, unavoidable }: Report): string {
  const name = scenario.ablation ? `WITHOUT ${scenario.ablation}` : scenario.name
  const found = violations.map(([broken]) => broken).join(', ') || 'holds'
  const rest = unavoidable.length > 0 ? ` (no client can avoid: ${unavoidable.join(', ')})` : ''
  return `${scenario.rule.padEnd(10)} ${name.padEnd(52)} ${String(states).padStart(8)}${isComplete ? ' ' : '+'} ${found}${rest}`
}

function summarize(reports: readonly Report[]): number {
  const ours = reports.filter(({ scenario }) => !scenario.ablation)
  const broken = ours.filter(({ violations }) => violations.length > 0)
  const unnoticed = reports.filter(
    ({ scenario, violations }) => scenario.breaks && !violations.some(([name]) => name === scenario.breaks),
  )
  for (const [name, path] of broken.flatMap(({ violations }) => violations))
    console.log(`\n${name}\n  ${path.join('\n  ')}`)
  const states = ours.reduce((sum, report) => sum + report.states, 0)
  const incomplete = ours.filter(({ isComplete }) => !isComplete).length
  console.log(
    `\n${states} states in ${ours.length} scenarios, ${incomplete} not finished; invariants broken in ${broken.length}; safeguards taken away unnoticed: ${unnoticed.length}`,
  )
  return broken.length + unnoticed.length === 0 ? 0 : 1
}

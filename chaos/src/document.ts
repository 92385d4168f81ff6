// Runs everything that docs/chaos.md shows, about ten minutes, and writes its tables.
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { FAULTS } from './faults/fault.ts'
import { type ChaosOptions, STORE_KINDS } from './options.ts'
import { type Herd, herdTableOf } from './report/herd-table.ts'
import type { ChaosReport } from './report/report.ts'
import { tableOf } from './report/table.ts'
import { runChaos } from './run-chaos.ts'
import { runHerd } from './run-herd.ts'
import { VENDOR_RULES } from './vendor/token-families.ts'

const PAGE = new URL('../../docs/chaos.md', import.meta.url)
const PROCESSES = 8
const HERD = { processes: PROCESSES, callers: 10_000, rounds: 20 }
/** More than 200 lifetimes of a second, of which the last fifth is not used. */
const CALM: Omit<ChaosOptions, 'store'> = {
  processes: PROCESSES,
  durationMs: 220_000,
  accounts: 1,
  vendors: ['strict'],
  faults: new Set(),
  callers: 2,
}
const STORMY: Omit<ChaosOptions, 'store'> = {
  ...CALM,
  durationMs: 4 * 60_000,
  accounts: 4,
  vendors: VENDOR_RULES,
  faults: new Set(FAULTS),
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const machine = `Node ${process.versions.node}, ${cpus().length} cores, load average before ${loadavg()[0]?.toFixed(1)}`
const herds: Herd[] = []
for (const store of STORE_KINDS) {
  const options = { store, ...HERD }
  herds.push({ options, rounds: await runHerd(options) })
}
const calm = await Promise.all(STORE_KINDS.map((store) => runChaos({ store, ...CALM })))
const stormy = await Promise.all(STORE_KINDS.map((store) => runChaos({ store, ...STORMY })))
write([
  `${machine}. The three stores run at the same time, ${PROCESSES} processes each.`,
  '### Without faults',
  tableOf(rowsOf(calm)),
  `One refresh per lifetime: ${intervalsOf(calm)} ms apart on average. A lifetime is 1,000 ms, and refresh-ahead begins when a fifth of it is left.`,
  `### ${STORMY.durationMs / 60_000} minutes of faults`,
  tableOf(rowsOf(stormy)),
  STORE_KINDS.map((store, index) => `${store}: ${incidentsOf(stormy[index])}`).join('. '),
  '### Many callers at one expiry',
  herdTableOf(herds),
])
const problems = [...calm, ...stormy].flatMap(({ rows, failed }) => [
  ...failed,
  ...rows.flatMap((row) => row.unexplained),
])
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1

function write(paragraphs: readonly string[]): void {
  const page = readFileSync(PAGE, 'utf8')
  const results = `<!-- results -->\n\n${paragraphs.join('\n\n')}\n\n<!-- /results -->`
  writeFileSync(
    PAGE,
    page.replace(/<!-- results -->[\s\S]*<!-- \/results -->/, () => results),
  )
}

function rowsOf(reports: readonly ChaosReport[]): ChaosReport['rows'] {
  return reports.flatMap(({ rows }) => rows)
}

function intervalsOf(reports: readonly ChaosReport[]): string {
  return rowsOf(reports)
    .map(({ intervalMs }) => intervalMs.toFixed(0))
    .join(', ')
}

function incidentsOf(report: ChaosReport | undefined): string {
  const incidents = Object.entries(report?.incidents ?? {})
  return incidents.map(([kind, count]) => `${kind} ${count}`).join(', ')
}

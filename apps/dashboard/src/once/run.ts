import type { Vendor } from '../vendors/vendor.ts'
import { type OnceReport, reportOf } from './report.ts'
import { runScenario, type ScenarioResult } from './scenario.ts'
import { figuresTable, paintFor, stepsTable, whatRowsShow } from './table.ts'

export interface Terminal {
  print(text: string): void
  warn(text: string): void
  readonly hasColor: boolean
}

/** Runs the scenario and prints what it cost. Resolves with the exit code: 1 if anything failed. */
export async function runOnce(
  vendors: readonly Vendor[],
  terminal: Terminal,
  { asJson = false }: { readonly asJson?: boolean | undefined } = {},
): Promise<0 | 1> {
  const results = await Promise.all(vendors.map(runScenario))
  const report = reportOf(results)
  if (asJson) terminal.print(JSON.stringify(report, null, 2))
  else print(results, report, terminal)
  for (const { name, steps, problems } of report.vendors)
    for (const problem of problems) terminal.warn(`Failed: ${name}${steps.length > 0 ? ',' : ':'} ${problem}`)
  return report.ok ? 0 : 1
}

function print(results: readonly ScenarioResult[], report: OnceReport, { print, hasColor }: Terminal): void {
  const paint = paintFor(hasColor)
  const steps = stepsTable(report.vendors, paint)
  if (steps) print(`${steps}\n`)
  print(figuresTable(report.vendors, paint))
  const shown = whatRowsShow(
    results.flatMap(({ steps }) => steps.map(({ step }) => step)),
    paint,
  )
  if (shown) print(`\n${shown}`)
}

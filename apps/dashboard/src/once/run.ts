import type { Vendor } from '../vendors/vendor.ts'
import { runScenario } from './scenario.ts'
import { figuresTable, stepsTable } from './table.ts'

export interface Terminal {
  print(text: string): void
  warn(text: string): void
}

/** Runs the scenario and prints what it cost. Resolves with the exit code: 1 if anything failed. */
export async function runOnce(vendors: readonly Vendor[], terminal: Terminal): Promise<0 | 1> {
  const results = await Promise.all(vendors.map(runScenario))
  const steps = results.flatMap((result) => result.steps)
  const problems = results.flatMap((result) => result.problems)
  if (steps.length > 0) terminal.print(`${stepsTable(steps)}\n`)
  terminal.print(figuresTable(vendors.map((vendor) => vendor.figures())))
  for (const problem of problems) terminal.warn(`Failed: ${problem}`)
  return problems.length === 0 ? 0 : 1
}

import { readFileSync, writeFileSync } from 'node:fs'

/** Bytes, by the program's name. */
export type Budgets = Readonly<Record<string, number>>

const FILE = new URL('budgets.json', import.meta.url)

/** A change of a few lines fits, a new dependency does not. */
const ROOM = 1.02
const STEP_BYTES = 100

export function readBudgets(): Budgets {
  return JSON.parse(readFileSync(FILE, 'utf8'))
}

export function writeBudgets(budgets: Budgets): void {
  writeFileSync(FILE, `${JSON.stringify(budgets, undefined, 2)}\n`)
}

/** The present size with a little room. */
export function budgetFor(bytes: number): number {
  return Math.ceil((bytes * ROOM) / STEP_BYTES) * STEP_BYTES
}

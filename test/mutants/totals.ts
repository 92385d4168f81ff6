import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../workspace/boundaries/workspace.ts'

/** What became of the mutants of a file. */
export interface Totals {
  /** A test failed, or never ended. */
  readonly killed: number
  /** Tests ran the code and passed, or no test ran it. */
  readonly survived: number
}

/** By file, relative to the root of the repository. */
export type Scores = Readonly<Record<string, Totals>>

/** Committed: `docs/security-matrix.md` is made of it. */
const SCORES = join(root, 'test/mutants/scores.json')

export function readScores(): Scores {
  return JSON.parse(readFileSync(SCORES, 'utf8'))
}

interface Result {
  readonly fileName: string
  readonly status: string
}

/** Puts the results of a run in the place of what was there of the same files. */
export function addTotals(results: readonly Result[]): void {
  const added = [...new Set(results.map(({ fileName }) => fileName))].map((name) => {
    const mutants = results.filter(({ fileName }) => fileName === name)
    return [relative(root, name), totalsOf(mutants)] as const
  })
  const scores = Object.entries({ ...readScores(), ...Object.fromEntries(added) })
  const sorted = scores.toSorted(([one], [other]) => (one < other ? -1 : 1))
  writeFileSync(SCORES, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`)
}

function totalsOf(mutants: readonly Result[]): Totals {
  const count = (...states: string[]) => mutants.filter(({ status }) => states.includes(status)).length
  return { killed: count('Killed', 'Timeout'), survived: count('Survived', 'NoCoverage') }
}

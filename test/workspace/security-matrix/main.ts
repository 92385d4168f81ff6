/**
 * Writes docs/security-matrix.md: `npx pnpm@12.21.0 run security-matrix:update`. With `--verify [text of a rule]` it makes the
 * change of each line in the source, one after the other, and wants the line's tests to fail.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readScores } from '../../mutants/totals.ts'
import { root } from '../boundaries/workspace.ts'
import { matrixOf } from './document.ts'
import { LINES } from './lines.ts'
import { verify } from './verify.ts'

const [mode, text = ''] = process.argv.slice(2)
if (mode === '--verify') {
  const problems = verify(LINES.filter(({ rule }) => rule.includes(text)))
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length === 0 ? 0 : 1
} else {
  writeFileSync(join(root, 'docs/security-matrix.md'), matrixOf(LINES, readScores()))
}

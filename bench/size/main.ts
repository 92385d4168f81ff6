// Measures all bundles, makes that the budgets, and writes them into docs/sizes.md and the root README. Run it after a build.
import { readFileSync, writeFileSync } from 'node:fs'
import { budgetFor, writeBudgets } from './budgets.ts'
import { sizesPage, withSizes } from './documents.ts'
import { measure } from './measure.ts'
import { PROGRAMS } from './programs.ts'

const ROOT = new URL('../../', import.meta.url)
const README = new URL('README.md', ROOT)

const entries = await Promise.all(
  PROGRAMS.map(async (program) => {
    const bytes = await measure(program)
    console.log(`${program.name}: ${bytes} bytes`)
    return [program.name, budgetFor(bytes)] as const
  }),
)
const budgets = Object.fromEntries(entries)
writeBudgets(budgets)
writeFileSync(new URL('docs/sizes.md', ROOT), sizesPage(budgets))
writeFileSync(README, withSizes(readFileSync(README, 'utf8'), budgets))

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readBudgets } from '../../../bench/size/budgets.ts'
import { sizesPage, withSizes } from '../../../bench/size/documents.ts'
import { measure } from '../../../bench/size/measure.ts'
import { PROGRAMS } from '../../../bench/size/programs.ts'
import { root } from '../boundaries/workspace.ts'

const budgets = readBudgets()

/** `npx pnpm@12.21.0 run sizes:update` after a change that is meant. */
test.concurrent.each(PROGRAMS)('a bundle of $name is within its budget', async (program) => {
  expect(await measure(program)).toBeLessThanOrEqual(budgets[program.name] ?? 0)
})

test('docs/sizes.md and the README show the budgets', () => {
  const [page, readme] = ['docs/sizes.md', 'README.md'].map((file) => readFileSync(join(root, file), 'utf8'))
  expect(page).toBe(sizesPage(budgets))
  expect(readme).toBe(withSizes(readme ?? '', budgets))
  expect(readme).toContain('core + fetch, API key only')
})

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { performancePage } from '../../bench/runner/document.ts'
import { readResult } from '../../bench/runner/results.ts'
import { SECTIONS } from '../../bench/runner/sections.ts'
import { root } from './boundaries/workspace.ts'

/** `npm run bench` writes both. */
test('docs/performance.md shows what was measured last', () => {
  const measured = SECTIONS.flatMap((section) => {
    const result = readResult(section.name)
    return result === undefined ? [] : [{ section, result }]
  })
  expect(readFileSync(join(root, 'docs/performance.md'), 'utf8')).toBe(performancePage(measured))
})

test('every section of the bench that is there is one that it runs', () => {
  const named = SECTIONS.filter(({ name }) => existsSync(join(root, 'bench', name, 'main.ts')))
  for (const { name } of named)
    expect(readFileSync(join(root, 'bench/README.md'), 'utf8'), 'the README explains it').toContain(`\`${name}\``)
})

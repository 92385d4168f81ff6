import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readWorkspace, root } from './boundaries/workspace.ts'
import { blocksOf } from './examples/blocks.ts'
import { LINES } from './security-matrix/lines.ts'

const readme = read('README.md')

test('the README lists the packages that are published, and no others', () => {
  const listed = [...readme.matchAll(/^\| \[`(@valetkey\/[\w-]+|valetkey)`\]/gm)].map(([, name]) => name)
  const published = readWorkspace().filter(({ manifest }) => manifest.private !== true)
  expect(new Set(listed)).toEqual(new Set(published.map(({ manifest }) => manifest.name)))
})

test('the first example needs no account and at most 12 lines', () => {
  const [first] = blocksOf('README.md', readme).filter(({ language }) => language === 'ts')
  expect(first?.heading).toBe('Try it without an account')
  expect(first?.code.split('\n').length).toBeLessThanOrEqual(12)
})

test('the figures of the README are those of the tables that it links to', () => {
  const vendors = globSync('docs/vendors/*.md', { cwd: root }).length
  const rules = read('docs/client-behaviour.md').match(/^\| C\d+ /gm)?.length ?? 0
  const chaos = read('docs/chaos.md')
  const faults = chaos.slice(chaos.indexOf('### 4 minutes of faults'), chaos.indexOf('### Many callers'))
  const rows = faults
    .split('\n')
    .filter((line) => /^\| \w+ +\| (grace|strict) /.test(line))
    .map((line) => line.split('|').map((cell) => Number.parseInt(cell.replaceAll(',', ''), 10)))
  const sum = (column: number): number => rows.reduce((total, row) => total + (row[column] ?? 0), 0)
  expect(readme).toContain(`| ${vendors} in \`@valetkey/vendors\``)
  expect(readme).toContain(`| ${LINES.length} protections`)
  expect(readme).toContain(`| ${rules} rules`)
  expect(readme).toContain(
    `| ${sum(3).toLocaleString('en')} requests during 4 minutes of faults: ${sum(9)} token sets lost, ${sum(8)} sign-ins forced by strict vendors, ${sum(10)} failures unexplained`,
  )
})

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

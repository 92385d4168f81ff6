import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readScores } from '../mutants/totals.ts'
import { root } from './boundaries/workspace.ts'
import { matrixOf } from './security-matrix/document.ts'
import { LINES } from './security-matrix/lines.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** First cells of the table of threats. */
function threatsOf(document: string): string[] {
  const [, table = ''] = document.split('## Threats and rules')
  const rows = table.split('\n## ')[0]?.matchAll(/^\| (.+?) +\|/gm) ?? []
  return [...rows].map(([, cell = '']) => cell).filter((cell) => cell !== 'threat' && !cell.startsWith('--'))
}

/** After a change that is meant: `npx pnpm@12.21.0 run security-matrix:update`. */
describe('docs/security-matrix.md', () => {
  test('is what its lines and the mutation scores make', () => {
    expect(read('docs/security-matrix.md')).toBe(matrixOf(LINES, readScores()))
  })

  test('has a line for every threat of SECURITY.md, and none for another', () => {
    const threats = threatsOf(read('SECURITY.md'))
    expect(threats.length).toBeGreaterThan(20)
    expect([...new Set(LINES.map(({ threat }) => threat))]).toEqual(threats)
  })

  test('names tests that are there', () => {
    const cited = LINES.flatMap(({ tests }) =>
      Object.entries(tests).flatMap(([file, names]) => names.map((name) => [file, name] as const)),
    )
    expect(cited.filter(([file, name]) => !read(file).includes(name))).toEqual([])
  })

  test('names changes that can be made', () => {
    const changes = LINES.map(({ mutation }) => mutation)
    expect(changes.filter(({ file, from }) => read(file).split(from).length !== 2)).toEqual([])
  })
})

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const sources = globSync('*.test.ts', { cwd: import.meta.dirname })
  .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
  .join('\n')

test.each(['axios-auth-refresh', 'badgateway-oauth2-client'])('%s.md names tests that exist', (name) => {
  const document = readFileSync(join(import.meta.dirname, `${name}.md`), 'utf8')
  const rows = document.split('\n').filter((line) => line.startsWith('| '))
  const named = rows.slice(2).map((row) => (row.split('|')[2] ?? '').trim().replace(/^(?:[TFS]: )?“(.*)”$/, '$1'))
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((text) => text !== '' && !sources.includes(`('${text}'`))).toEqual([])
})

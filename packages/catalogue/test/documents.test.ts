import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { entryOf, indexOf, pageOf } from './documents/document.ts'
import { ROWS } from './rows.ts'

const docs = join(import.meta.dirname, '../../../docs')
const entries = ROWS.map(entryOf)
const namesIn = (pattern: string, cwd: string, ending: string) =>
  globSync(pattern, { cwd })
    .map((file) => basename(file, ending))
    .toSorted()

test('every vendor has a row, and every grant of it a proof', () => {
  expect(entries.map(({ name }) => name)).toEqual(namesIn('*.ts', join(import.meta.dirname, '../src'), '.ts'))
  const unproved = entries.flatMap(({ name, grants, row }) =>
    grants.filter((grant) => !Object.hasOwn(row.grants, grant)).map((grant) => `${name}.${grant}`),
  )
  expect(unproved).toEqual([])
})

test('docs/vendors.md lists them: vendors:update writes it', () => {
  expect(readFileSync(join(docs, 'vendors.md'), 'utf8')).toBe(indexOf(entries))
  expect(namesIn('vendors/*.md', docs, '.md')).toEqual(entries.map(({ name }) => name))
})

test.each(entries.map((entry) => [entry.name, entry] as const))(
  'docs/vendors/%s.md says what the data say',
  (name, entry) => {
    expect(readFileSync(join(docs, 'vendors', `${name}.md`), 'utf8')).toBe(pageOf(entry))
  },
)

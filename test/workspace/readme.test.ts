import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readWorkspace, root } from './boundaries/workspace.ts'

/** The rows of the packages table: name and status. */
const rows = readFileSync(join(root, 'README.md'), 'utf8')
  .split('\n')
  .map((line) => /^\| \[?`(@valetkey\/[\w-]+|valetkey)`.*\| (available|planned) *\|$/.exec(line))
  .filter((row) => row !== null)
  .map(([, name, status]) => ({ name, status }))

test('the README lists the packages that there are as available, and no others', () => {
  const published = readWorkspace().filter(({ manifest }) => manifest.private !== true)
  const available = rows.filter(({ status }) => status === 'available')
  expect(new Set(available.map(({ name }) => name))).toEqual(new Set(published.map(({ manifest }) => manifest.name)))
})

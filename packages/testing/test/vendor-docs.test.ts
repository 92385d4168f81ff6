import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')

interface Citation {
  readonly document: string
  readonly name: string
  readonly file: string
}

/** `[name of the test](path of its file)` */
const CITATION = /\[((?:\\.|[^\]\\])+)\]\(([^)\s]+\.test(?:-d)?\.ts)\)/g

/** Tests that several vendors have stand there. */
const SHARED = /from '@valetkey-app\/test-support\/([\w-]+)'/g

const VENDORS = ['airthings', 'bluesonde', 'flowlu', 'flume', 'm2m']
const documents = VENDORS.map((vendor) => `packages/vendors/${vendor}/test/behaviour.md`)
const citations = documents.flatMap((document): Citation[] => {
  const matches = readFileSync(join(root, document), 'utf8').matchAll(CITATION)
  return [...matches].map(([, name = '', path = '']) => ({
    document,
    name: name.replaceAll('\\', ''),
    file: join(dirname(document), path),
  }))
})

test.each(documents)('%s names the tests that show what it says', (document) => {
  expect(citations.filter((citation) => citation.document === document).length).toBeGreaterThan(20)
})

test('every test that a vendor’s table names is there', () => {
  expect(citations.filter((citation) => !isThere(citation))).toEqual([])
})

test.each(VENDORS)('every test of %s is in the vendor’s table', (vendor) => {
  const files = filesIn(`packages/vendors/${vendor}/test`, '.test.ts')
  const cited = new Set(citations.map(({ file, name }) => `${file}: ${name}`))
  const missing = files
    .flatMap((file) => namesIn(file).map((name) => `${file}: ${name}`))
    .filter((it) => !cited.has(it))
  expect(files.length).toBeGreaterThan(0)
  expect(missing).toEqual([])
})

/** Relative to the root. */
function filesIn(folder: string, ending: string): string[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(ending))
  return names.sort().map((name) => join(folder, name))
}

function isThere({ file, name }: Citation): boolean {
  const path = join(root, file)
  if (!existsSync(path)) return false
  const source = readFileSync(path, 'utf8')
  const shared = [...source.matchAll(SHARED)].map(([, module = '']) =>
    join(root, `packages/test-support/src/${module}.ts`),
  )
  const sources = [source, ...shared.map((each) => readFileSync(each, 'utf8'))]
  return sources.some((each) => each.includes(`'${name}'`) || each.includes(`"${name}"`))
}

/** The names in `test('name', async () => …)` and `test.each(…)('name', async (…) => …)`. */
function namesIn(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8')
  return [...source.matchAll(/(?:\btest|\))\(\s*'([^'\n]+)',\s*(?:async )?\(/g)].map(([, name = '']) => name)
}

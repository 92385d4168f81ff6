import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import axios from 'axios'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { root } from '../boundaries/workspace.ts'
import { type Block, blocksOf } from './blocks.ts'
import { compile } from './compile.ts'
import { startNetwork } from './network.ts'

/** A block below one of these headings is a whole program and is run. */
const RUN = ['Use', 'First example', 'With fetch', 'With axios', 'With ky', 'Before', 'After']
/** These start what they need, and check what comes of it themselves. */
const RUN_ALONE = [
  'Try it without an account',
  'With a fake credential',
  'With a simulator',
  'With an identity provider',
]
/** These programs need a database or workerd, which the package's own tests start, or a browser, as in `sign-in-routes.test.ts`. */
const RUN_ELSEWHERE = [
  'packages/sign-in/README.md',
  'packages/stores/durable-object/README.md',
  'packages/stores/dynamodb/README.md',
  'packages/stores/postgres/README.md',
  'packages/stores/redis/README.md',
  'packages/stores/sqlite/README.md',
]
/** A program for terminals: its "Use" is commands, which its own tests run. */
const COMMANDS = ['packages/cli/README.md']
/** Blocks of any other language would escape the compiler. */
const LANGUAGES = ['ts', 'sh', 'http', 'json', 'text', 'yaml']

const documents = globSync(['*.md', 'docs/**/*.md', '{packages,apps,examples}/**/*.md', '{bench,website}/*.md'], {
  cwd: root,
  exclude: ['**/node_modules/**', '**/{CHANGELOG,SKILL}.md', 'docs/api/**'],
})
const blocks = documents
  .toSorted()
  .flatMap((document) => blocksOf(document, readFileSync(join(root, document), 'utf8')))
const programs = blocks.filter(({ language }) => language === 'ts')
const compiled = await compile(programs)

afterAll(compiled.remove)

test.each(programs)('$document:$line compiles', (block) => {
  expect(compiled.complaints(block)).toEqual([])
})

test.each(programs.filter(isRunHere))('$document:$line runs as it stands, against the simulators', async (block) => {
  const network = await startNetwork()
  onTestFinished(network.close)
  for (const [name, value] of Object.entries(network.environment)) vi.stubEnv(name, value)
  vi.stubGlobal('fetch', network.fetch)
  axios.defaults.adapter = 'fetch'
  await import(compiled.file(block))
  expect(network.requests.at(-1)).toMatch(/ 200$/)
})

test.each(programs.filter(({ heading }) => RUN_ALONE.includes(heading)))(
  '$document:$line runs as it stands, and what it expects is so',
  async (block) => {
    await expect(import(compiled.file(block))).resolves.toBeDefined()
  },
)

test('the code in the documents is in a language that is checked, or is no code', () => {
  expect(blocks.filter(({ language }) => !LANGUAGES.includes(language))).toEqual([])
})

test('every package shows a program that is run', () => {
  const readmes = documents.filter((document) => /^packages\/.*README\.md$/.test(document))
  const without = readmes.filter((readme) => !programs.some((block) => block.document === readme && isRun(block)))
  expect(without).toEqual(COMMANDS)
})

function isRun({ heading }: Block): boolean {
  return RUN.includes(heading)
}

function isRunHere(block: Block): boolean {
  return isRun(block) && !RUN_ELSEWHERE.includes(block.document)
}

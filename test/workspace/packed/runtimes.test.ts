import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../boundaries/workspace.ts'
import { createProject, type Project } from './project.ts'
import { documentOf, STEPS } from './runtimes/document.ts'
import { type Report, runtimes } from './runtimes/runtimes.ts'

const STORES = ['store-file', 'store-indexeddb', 'store-encrypted']
const PACKAGES = ['core', 'oauth2', 'fetch', 'flume', 'bluesonde', ...STORES]

let project: Project
let outcomes: readonly { readonly name: string; readonly report: Report }[]

beforeAll(async () => {
  project = await createProject(PACKAGES)
  outcomes = await Promise.all(
    runtimes.map(async ({ name, run }) => ({
      name,
      report: await run(project.folder).catch((error: unknown) => ({ ranOn: String(error) })),
    })),
  )
})

afterAll(() => project[Symbol.asyncDispose]())

test.each(runtimes)('a program with the packed packages does all its steps on $name', ({ name, userAgent }) => {
  const { ranOn, ...steps } = outcomes.find((outcome) => outcome.name === name)?.report ?? {}
  expect(ranOn).toMatch(userAgent)
  expect(steps).toEqual(Object.fromEntries(Object.keys(STEPS).map((step) => [step, 'ok'])))
})

/** `npx pnpm@12.21.0 run runtimes:update` after a change that is meant. */
test('docs/runtimes.md says what they did', async () => {
  await expect(documentOf(outcomes)).toMatchFileSnapshot(join(root, 'docs/runtimes.md'))
})

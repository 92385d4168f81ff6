import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from './boundaries/workspace.ts'
import { blocksOf } from './examples/blocks.ts'

/** What fits on a screen; three SDKs need two. */
const README_LINES = { 'ai-sdks': 90 } as Readonly<Record<string, number>>
const ONE_SCREEN_LINES = 60

const recipes = globSync('examples/*/package.json', { cwd: root }).map(dirname).toSorted()
const index = readFileSync(join(root, 'docs/recipes.md'), 'utf8')

describe.each(recipes)('%s', (folder) => {
  const readme = readFileSync(join(root, folder, 'README.md'), 'utf8')

  test('is in docs/recipes.md', () => {
    expect(index).toContain(`(../${folder})`)
  })

  test('has a README of one screen that says how to run it', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(README_LINES[basename(folder)] ?? ONE_SCREEN_LINES)
    expect(readme).toMatch(/^(pnpm|npm) test$|`npm test`/m)
  })

  test('shows code that is run, or stands so in its sources', () => {
    const sources = globSync('src/**/*.ts', { cwd: join(root, folder) })
      .map((file) => readFileSync(join(root, folder, file), 'utf8'))
      .map((text) => text.replaceAll(/(['"])\.\//g, '$1../src/'))
    const shown = blocksOf(folder, readme).filter(({ language, heading }) => language === 'ts' && heading !== 'Use')
    const unknown = shown.filter(({ code }) => !sources.some((source) => source.includes(code)))
    expect(unknown).toEqual([])
  })
})

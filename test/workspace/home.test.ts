import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './boundaries/workspace.ts'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

test('the front page of the site has a tab for each client and each package manager', () => {
  const tabs = [...read('website/index.md').matchAll(/^```(\w+) \[(\w+)\]$/gm)].map(([, language, tab]) => [
    language,
    tab,
  ])
  expect(tabs).toEqual([
    ...['npm', 'pnpm', 'yarn', 'bun'].map((manager) => ['sh', manager]),
    ...['fetch', 'axios', 'ky'].map((client) => ['ts', client]),
  ])
})

test('the site has the accent colours of the sample app', () => {
  const colours = (css: string, name: string) =>
    [...css.matchAll(new RegExp(`${name}: (#\\w+);`, 'g'))].map(([, colour]) => colour)
  const accents = colours(read('apps/dashboard/src/page/styles/page.css'), '--accent')
  expect(accents).toHaveLength(2)
  expect(colours(read('website/.vitepress/theme/style.css'), '--vp-c-brand-1')).toEqual(accents)
  expect(read('website/public/logo.svg')).toContain(accents[0])
})

import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { slugOf, targetOf } from '../../website/links.ts'
import { groups, pathOf } from '../../website/pages.ts'
import { root } from './boundaries/workspace.ts'

const documents = globSync(['*.md', '{docs,packages,examples,apps,bench,website,.changeset}/**/*.md'], {
  cwd: root,
  exclude: ['**/node_modules/**', '**/dist/**', 'website/reference/**'],
}).toSorted()

/** What they link to is written where it is read: in the repository and on the site. */
describe.each(documents)('%s', (document) => {
  test('links to files and headings that are there', () => {
    const targets = linksIn(document).map((href) => ({ href, target: targetOf(document, href) }))
    expect(
      targets.filter(({ target }) => target && !isThere(target.path, target.hash)).map(({ href }) => href),
    ).toEqual([])
  })
})

test('every document for users has a place in the sidebar of the site, and every place a document', () => {
  const shown = documents.filter((path) => /^docs\/(?!api\/)|^(packages|examples|bench)\/.*README\.md$/.test(path))
  expect(shown.filter((path) => pathOf(path) === undefined)).toEqual([])
  const sources = groups.flatMap(({ pages }) => pages.map(({ source }) => source))
  expect(sources.filter((source) => !documents.includes(source))).toEqual([])
})

test('headings are called in links what GitHub calls them', () => {
  expect(slugOf('4. Choose a store')).toBe('4-choose-a-store')
  expect(slugOf('Before & after: `fetch_all()`')).toBe('before--after-fetch_all')
})

function linksIn(document: string): string[] {
  const matches = textOf(document).matchAll(/\]\(([^()\s]+)\)| (?:href|src|srcset)="([^"]+)"/g)
  return [...matches].flatMap(([, href, attribute]) => href ?? attribute ?? [])
}

function isThere(path: string, hash: string): boolean {
  const file = existsSync(join(root, path, 'README.md')) ? join(path, 'README.md') : path
  if (!existsSync(join(root, file))) return false
  return hash === '' || !file.endsWith('.md') || headingsIn(file).includes(hash.slice(1))
}

function headingsIn(document: string): string[] {
  const slugs: string[] = []
  for (const [, heading = ''] of textOf(document).matchAll(/^#+ (.*)$/gm)) {
    const slug = slugOf(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, ''))
    const before = slugs.filter((each) => each === slug).length
    slugs.push(before === 0 ? slug : `${slug}-${before}`)
  }
  return slugs
}

/** Without what stands in code blocks. */
function textOf(document: string): string {
  return readFileSync(join(root, document), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '')
}

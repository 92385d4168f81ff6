import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { groups } from '../../../website/pages.ts'
import { packageFolders, root } from '../boundaries/workspace.ts'
import { site } from './build.ts'

/** The HTML of each page, by the path that leads to it; "Not found" is written by a script only. */
const pages = new Map(
  globSync('**/*.html', { cwd: site, exclude: ['404.html'] }).map((file) => {
    const path = `/${file.replace(/(^|\/)index\.html$/, '$1').replace(/\.html$/, '')}`
    return [path, readFileSync(join(site, file), 'utf8')] as const
  }),
)
const files = new Set(globSync('**/*.*', { cwd: site }).map((file) => `/${file}`))

test.each([...pages])('every link of %s leads to a page and a heading there', (path, html) => {
  const hrefs = [...html.matchAll(/<a\b[^>]* href="([^"]+)"/g)].flatMap(([, href]) => href ?? [])
  const ours = hrefs.filter((href) => /^[/#]/.test(href))
  expect(ours.length).toBeGreaterThan(0)
  expect(ours.filter((href) => !isThere(href.startsWith('#') ? path + href : href))).toEqual([])
})

test.each([...pages])('every picture of %s is there, but for badges', (_, html) => {
  const pictures = [...html.matchAll(/<(?:img|source)\b[^>]* src(?:set)?="([^"]+)"/g)].flatMap(([, src]) => src ?? [])
  expect(pictures.filter((src) => !/^(?:data|https):/.test(src) && !files.has(src))).toEqual([])
})

test('every place in the sidebar is a page', () => {
  const places = groups.flatMap((group) => group.pages.map(({ path }) => `/${path}`))
  expect(places.filter((path) => !pages.has(path))).toEqual([])
})

test('every entry point of the packages has its page in the API reference', () => {
  expect(entryPoints().filter((name) => !pages.has(`/reference/${name}`))).toEqual([])
})

test('the search finds every page', () => {
  const [index = ''] = [...files].filter((file) => file.includes('@localSearchIndex'))
  const text = readFileSync(join(site, index), 'utf8')
  expect([...pages.keys()].filter((path) => !text.includes(`"${path}#`))).toEqual([])
})

describe('for programs that read Markdown', () => {
  const index = readFileSync(join(site, 'llms.txt'), 'utf8')

  test('llms.txt lists every page of the sidebar with a sentence', () => {
    const listed = [...index.matchAll(/^- \[.+\]\(\/(.+)\.md\): .{15,}[.]$/gm)].map(([, path]) => path)
    expect(listed).toEqual(expect.arrayContaining(groups.flatMap((group) => group.pages.map(({ path }) => path))))
    expect(index).toMatch(/^# valetkey\n\n> /)
  })

  test('every link of llms.txt, of llms-full.txt and of the pages leads to a file', () => {
    const texts = [...files].filter((file) => /\.md$|\/llms.*\.txt$/.test(file))
    const broken = texts.flatMap((file) =>
      [...readFileSync(join(site, file), 'utf8').matchAll(/\]\(\/([^)#]*)(?:#[^)]*)?\)/g)]
        .filter(([, path = '']) => !files.has(`/${path}`) && !pages.has(`/${path}`))
        .map(([link]) => `${file}: ${link}`),
    )
    expect(texts.length).toBeGreaterThan(50)
    expect(broken).toEqual([])
  })

  test('llms-full.txt holds the code that connects each client', () => {
    const full = readFileSync(join(site, 'llms-full.txt'), 'utf8')
    for (const code of ['withCredential(fetch, ', 'attachCredential(http, ', 'withCredential(ky, '])
      expect(full).toContain(code)
  })
})

function isThere(href: string): boolean {
  const [path = '', hash] = decodeURI(href).replaceAll('&amp;', '&').split('#')
  const html = pages.get(path)
  if (html === undefined) return files.has(path)
  return hash === undefined || html.includes(` id="${hash}"`)
}

/** As they are imported, e.g. `@valetkey/testing/simulators`. */
function entryPoints(): string[] {
  const folders = packageFolders().filter((folder) => folder.startsWith('packages/'))
  return folders.flatMap((folder) => {
    const text = readFileSync(join(root, folder, 'package.json'), 'utf8')
    const manifest: { name: string; private?: boolean; exports: Record<string, unknown> } = JSON.parse(text)
    // Each module of the catalogue has a page of its own.
    const paths = Object.keys(manifest.private || './*' in manifest.exports ? {} : manifest.exports)
    return paths.filter((path) => path !== './package.json').map((path) => join(manifest.name, path))
  })
}

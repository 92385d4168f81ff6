import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './boundaries/workspace.ts'
import { blocksOf } from './examples/blocks.ts'

const exclude = ['**/node_modules/**', '**/dist/**']
const readmes = globSync(['README.md', 'website/index.md', '{packages,examples}/**/README.md'], { cwd: root, exclude })
/** Other blocks of a package's README are about further packages. */
const PROGRAMS = ['Use', 'First example', 'Try it without an account']

test.each(readmes.toSorted())('a reader who follows the install line of %s can run its program', (document) => {
  const blocks = blocksOf(document, readFileSync(join(root, document), 'utf8'))
  const programs = blocks.filter(({ language }) => language === 'ts').filter(isProgram)
  const installs = blocks.filter(({ language }) => language === 'sh').flatMap(({ code }) => installedBy(code))
  const imported = programs.flatMap(({ code }) => importedBy(code))
  const needed = programs.length > 0 ? [...imported, '@valetkey/core'] : []
  expect(needed.filter((name) => !installs.includes(name))).toEqual([])
})

test('no example goes on without an environment variable that is not set', () => {
  const documents = globSync(['*.md', 'docs/**/*.md', 'website/*.md', '{packages,examples}/**/README.md'], {
    cwd: root,
    exclude,
  })
  const blocks = documents.flatMap((document) => blocksOf(document, readFileSync(join(root, document), 'utf8')))
  const ours = blocks.filter(({ code }) => code.includes(" from '@valetkey/"))
  expect(ours.filter(({ code }) => /\benv\.\w+ \?\? ''/.test(code))).toEqual([])
})

function isProgram({ document, heading }: { readonly document: string; readonly heading: string }): boolean {
  return document.startsWith('examples/') || PROGRAMS.includes(heading)
}

function installedBy(code: string): string[] {
  const lines = [...code.matchAll(/npm install ([^#\n]*)/g)].map(([, names = '']) => names)
  return lines.flatMap((names) => names.split(/\s+/))
}

/** The packages that a program imports: no files, and nothing that its platform brings. */
function importedBy(code: string): string[] {
  const specifiers = [...code.matchAll(/ from '([^'.:]+)'/g)].map(([, specifier = '']) => specifier)
  return specifiers.map((specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier)
}

import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { packageFolders, root } from './boundaries/workspace.ts'

type Json = Readonly<Record<string, unknown>>

const README_LINES = 120

const published = packageFolders()
  .map((folder) => ({ folder, manifest: readManifest(folder) }))
  .filter(({ manifest }) => manifest.private !== true)

describe.each(published)('$folder', ({ folder, manifest }) => {
  test('says what it is, whose it is and where it comes from', () => {
    expect(manifest).toMatchObject({
      name: expect.stringMatching(/^(@valetkey\/[a-z0-9-]+|valetkey)$/),
      description: expect.stringMatching(/^[A-Z].{20,}\.$/),
      keywords: expect.arrayContaining(['valetkey']),
      license: 'MIT',
      author: 'valetkey contributors',
      homepage: `https://github.com/valetkey/valetkey/tree/main/${folder}#readme`,
      repository: { type: 'git', url: 'git+https://github.com/valetkey/valetkey.git', directory: folder },
    })
  })

  test('is an ES module without side effects for Node 20.19 and newer', () => {
    expect(manifest).toMatchObject({ type: 'module', sideEffects: false, engines: { node: '>=20.19' } })
  })

  test('publishes its build with the sources, publicly and with provenance', () => {
    expect(manifest.files).toEqual(['dist', 'src', 'CHANGELOG.md', 'SKILL.md'])
    expect(manifest.publishConfig).toMatchObject({ access: 'public', provenance: true })
  })

  test('exports the same entry points as in the workspace, types first and without the sources', () => {
    const { './package.json': itself, ...entries } = objectOf(manifest.exports)
    const built = Object.entries(entries).map(([entry, target]) => [entry, withoutSource(objectOf(target))])
    expect(itself).toBe('./package.json')
    expect(objectOf(manifest.publishConfig).exports).toEqual({ ...Object.fromEntries(built), './package.json': itself })
    for (const [, target] of built) expect(Object.keys(objectOf(target))).toEqual(['types', 'default'])
  })

  test('runs no script when it is installed', () => {
    const scripts = Object.keys(objectOf(manifest.scripts ?? {}))
    expect(scripts.filter((name) => /^(pre|post)?(install|prepare)$/.test(name))).toEqual([])
  })

  test(`has a README of at most ${README_LINES} lines that shows how to install and use it`, () => {
    const file = join(root, folder, 'README.md')
    expect(existsSync(file)).toBe(true)
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(README_LINES)
    expect(lines).toEqual(expect.arrayContaining([`# ${String(manifest.name)}`, '## Install', '## Use']))
  })
})

const tested = packageFolders()
  .filter((folder) => /^(packages|apps)\//.test(folder))
  .filter((folder) => globSync('test/**/*.test.ts', { cwd: join(root, folder) }).length > 0)

test.each(tested)('the "test" script of %s runs its tests, and nothing has to be built before', (folder) => {
  const at = join(root, folder)
  expect(readManifest(folder).scripts).toMatchObject({ test: `vitest run --root ${relative(at, root)} ${folder}/` })
})

function readManifest(folder: string): Json {
  return objectOf(JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')))
}

function withoutSource({ '@valetkey/source': _source, ...built }: Json): Json {
  return built
}

function objectOf(value: unknown): Json {
  if (typeof value !== 'object' || value === null) throw new TypeError(`expected an object, got ${typeof value}`)
  return Object.fromEntries(Object.entries(value))
}

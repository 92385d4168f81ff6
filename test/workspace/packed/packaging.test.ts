import { existsSync, globSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { describe, expect, inject, type TestContext, test } from 'vitest'
import { root } from '../boundaries/workspace.ts'
import { run } from './run.ts'

const tarballs = inject('tarballs').map((path) => ({ path, name: basename(path, '.tgz') }))

describe.concurrent.each(tarballs)('$name', ({ path }) => {
  test('has nothing that publint would say', async () => {
    await expect(run('publint', ['run', path, '--strict'], { cwd: root })).resolves.toContain('All good!')
  })

  test('gives its types to every ES module resolution', async ({ onTestFinished }) => {
    const folder = await unpacked(path, onTestFinished)
    const { exports } = await manifestOf(folder)
    // attw does not look behind a wildcard by itself.
    const modules = './*' in exports ? globSync('dist/*.d.ts', { cwd: folder }) : []
    const entryPoints = modules.length > 0 ? ['--entrypoints', ...modules.map((file) => basename(file, '.d.ts'))] : []
    const options = ['--profile', 'esm-only', '--format', 'json', ...entryPoints]
    const { analysis }: TypesReport = JSON.parse(await run('attw', [path, ...options], { cwd: root }))
    const resolved = Object.values(analysis.entrypoints).filter(({ subpath }) => subpath !== './package.json')
    expect(resolved.length).toBe(Object.keys(exports).length - 1 + Math.max(0, modules.length - 1))
    for (const { subpath, resolutions } of resolved)
      for (const kind of ['node16-esm', 'bundler'] as const)
        expect([subpath, kind, resolutions[kind].resolution?.isTypeScript]).toEqual([subpath, kind, true])
  })

  test('holds its build, the sources, its licence, its README and its skill, and nothing else', async () => {
    const files = (await run('tar', ['-tzf', path], { cwd: root })).trim().split('\n')
    const expected = ['LICENSE', 'README.md', 'SKILL.md', 'package.json']
    expect(files).toEqual(expect.arrayContaining(expected.map((file) => `package/${file}`)))
    expect(files.filter((file) => !/^package\/((dist|src)\/|[A-Z]+(\.md)?$|package\.json$)/.test(file))).toEqual([])
  })

  test('leads from the declarations of each entry point to the sources', async ({ onTestFinished }) => {
    const folder = await unpacked(path, onTestFinished)
    const { exports } = await manifestOf(folder)
    const types = Object.values(exports).flatMap((target) => (typeof target === 'object' ? target.types : []))
    const declarations = globSync(types, { cwd: folder })
    expect(declarations).not.toEqual([])
    for (const file of declarations) expect(await sourcesOf(join(folder, file))).toHaveLength(1)
  })

  test('has no map that leads to a source that is missing', async ({ onTestFinished }) => {
    const folder = await unpacked(path, onTestFinished)
    const built = globSync('dist/**/*.{js,ts}', { cwd: folder }).map((file) => join(folder, file))
    const sources = (await Promise.all(built.map(sourcesOf))).flat()
    expect(sources.filter((source) => !source.startsWith(join(folder, 'src/')) || !existsSync(source))).toEqual([])
  })
})

/** What attw prints. */
interface TypesReport {
  readonly analysis: {
    readonly entrypoints: Readonly<Record<string, EntryPointTypes>>
  }
}

interface EntryPointTypes {
  readonly subpath: string
  readonly resolutions: Readonly<
    Record<'node16-esm' | 'bundler', { readonly resolution?: { readonly isTypeScript: boolean } }>
  >
}

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>
}

async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
}

/** The package of a tarball, until the test is over. */
async function unpacked(tarball: string, onTestFinished: TestContext['onTestFinished']): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'valetkey-unpacked-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await run('tar', ['-xzf', tarball, '-C', folder], { cwd: root })
  return join(folder, 'package')
}

/** The files that the map of a file names. @throws Error when it names a map that is missing. */
async function sourcesOf(file: string): Promise<string[]> {
  const name = /^\/\/# sourceMappingURL=(.+)$/m.exec(await readFile(file, 'utf8'))?.[1]
  if (name === undefined) return []
  const map: { sources: string[]; sourceRoot?: string } = JSON.parse(await readFile(join(dirname(file), name), 'utf8'))
  return map.sources.map((source) => join(dirname(file), map.sourceRoot ?? '', source))
}

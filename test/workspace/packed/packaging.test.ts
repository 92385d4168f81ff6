import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { root } from '../boundaries/workspace.ts'
import { run } from './run.ts'

const tarballs = inject('tarballs').map((path) => ({ path, name: basename(path, '.tgz') }))

describe.concurrent.each(tarballs)('$name', ({ path }) => {
  test('has nothing that publint would say', async () => {
    await expect(run('publint', ['run', path, '--strict'], { cwd: root })).resolves.toContain('All good!')
  })

  test('gives its types to every ES module resolution', async () => {
    const report = await run('attw', [path, '--profile', 'esm-only', '--no-color', '--no-emoji'], { cwd: root })
    expect(report).toMatch(/node16 \(from ESM\) +│ OK \(ESM\)/)
    expect(report).toMatch(/bundler +│ OK/)
  })

  test('holds its build, its licence and its README, and no sources', async () => {
    const files = (await run('tar', ['-tzf', path], { cwd: root })).trim().split('\n')
    const expected = ['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts']
    expect(files).toEqual(expect.arrayContaining(expected.map((file) => `package/${file}`)))
    expect(files.filter((file) => !/^package\/(dist\/|[A-Z]+(\.md)?$|package\.json$)/.test(file))).toEqual([])
  })

  test('has source maps that hold the sources, and no others', async () => {
    const folder = await unpacked(path)
    const built = globSync('dist/**/*.{js,ts}', { cwd: folder }).map((file) => join(folder, file))
    const maps = (await Promise.all(built.map(sourceMapOf))).flatMap((map) => map ?? [])
    expect(maps.length).toBeGreaterThan(0)
    for (const { sources, sourcesContent = [] } of maps) {
      expect(sourcesContent).toHaveLength(sources.length)
      expect(sourcesContent).not.toContain(null)
    }
  })
})

interface SourceMap {
  readonly sources: readonly string[]
  readonly sourcesContent?: readonly (string | null)[]
}

/** The package of a tarball, until the test is over. */
async function unpacked(tarball: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'valetkey-unpacked-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await run('tar', ['-xzf', tarball, '-C', folder], { cwd: root })
  return join(folder, 'package')
}

/** @throws Error when the file names a map that is not there. */
async function sourceMapOf(file: string): Promise<SourceMap | undefined> {
  const name = /^\/\/# sourceMappingURL=(.+)$/m.exec(await readFile(file, 'utf8'))?.[1]
  return name === undefined ? undefined : JSON.parse(await readFile(join(dirname(file), name), 'utf8'))
}

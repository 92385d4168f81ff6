import { basename } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
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
})

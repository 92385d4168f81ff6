import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createProject, type Project } from './project.ts'
import { run } from './run.ts'
import { toolPath } from './runtimes/tools.ts'

const INSTALLED = ['core', 'fetch', 'flume', 'oauth2']
const MOST_PACKAGES = 6
const MOST_BYTES = 2_200_000

const VERSIONS = ['node20', 'node22', 'node24', 'node26']
const SCRIPTS = ['import.mjs', 'require.cjs']

let project: Project

/** Somebody who installs one client and one vendor. */
beforeAll(async () => {
  project = await createProject(INSTALLED)
})

afterAll(() => project[Symbol.asyncDispose]())

describe('an install of core, fetch and flume', () => {
  test('holds these, the OAuth wire and two libraries, and nothing of other vendors or of testing', async () => {
    const packages = await installedPackages()
    expect(packages).toEqual([...INSTALLED.map((name) => `@valetkey/${name}`), 'jose', 'oauth4webapi'])
    expect(packages.length).toBeLessThanOrEqual(MOST_PACKAGES)
  })

  test('is small', async () => {
    expect(await sizeOf(join(project.folder, 'node_modules'))).toBeLessThanOrEqual(MOST_BYTES)
  })

  test('ran no install script', async () => {
    const manifests = await Promise.all((await installedPackages()).map(readManifest))
    const scripts = manifests.flatMap(({ scripts = {} }) => Object.keys(scripts))
    expect(scripts.filter((name) => ['preinstall', 'install', 'postinstall'].includes(name))).toEqual([])
  })
})

describe.concurrent.each(VERSIONS)('on %s', (version) => {
  test.each(SCRIPTS)('%s signs in, is refused once, refreshes and gets its answer', async (script) => {
    const node = toolPath(`${version}/bin/node`)
    const printed = await run(node, [script], { cwd: project.folder })
    expect(JSON.parse(printed)).toEqual({
      status: 200,
      answer: { hello: 'robin' },
      seen: [
        'POST /oauth/token password',
        'GET /me Bearer access-1',
        // Once more when it is three seconds old: some servers of an API may not know a younger token.
        'GET /me Bearer access-1',
        'POST /oauth/token refresh_token',
        'GET /me Bearer access-2',
      ],
    })
  })
})

/** `"module": "commonjs"` with TypeScript 5 finds no types: docs/faq.md. */
test.each(['commonjs', 'nodenext'])(
  'a TypeScript project of CommonJS compiles and runs with "module": "%s"',
  async (module) => {
    const [compiler, outDir] = [toolPath('typescript-6.0/bin/tsc'), `out-${module}`]
    const options = ['--strict', '--target', 'es2022', '--lib', 'es2022,dom', '--outDir', outDir]
    await run(process.execPath, [compiler, ...options, '--module', module, 'commonjs.ts'], { cwd: project.folder })
    expect(await readFile(join(project.folder, outDir, 'commonjs.js'), 'utf8')).toContain('require("@valetkey/fetch")')
    expect(await run(process.execPath, [join(outDir, 'commonjs.js')], { cwd: project.folder })).toBe('function\n')
  },
)

async function installedPackages(): Promise<string[]> {
  const lock: { packages: Record<string, unknown> } = await readJson('node_modules/.package-lock.json')
  return Object.keys(lock.packages)
    .map((path) => path.replace('node_modules/', ''))
    .toSorted()
}

function readManifest(name: string): Promise<{ scripts?: Record<string, string> }> {
  return readJson(`node_modules/${name}/package.json`)
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(join(project.folder, path), 'utf8'))
}

async function sizeOf(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const sizes = entries.filter((entry) => entry.isFile()).map((entry) => stat(join(entry.parentPath, entry.name)))
  return (await Promise.all(sizes)).reduce((total, { size }) => total + size, 0)
}

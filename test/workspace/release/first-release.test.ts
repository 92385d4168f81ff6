import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { root } from '../boundaries/workspace.ts'
import { publicFolders } from '../packed/public-packages.ts'
import { run } from '../packed/run.ts'
import { type Installer, install, installedPackages, installers, installScripts, type Project } from './install.ts'

const [registry, published, folder] = [inject('registry'), inject('published'), inject('folder')]
const RUNTIMES = join(root, 'test/workspace/runtimes/node_modules')

const FETCH_AND_FLUME = ['@valetkey/core', '@valetkey/fetch', '@valetkey/flume']
const AXIOS_AND_AIRTHINGS = ['@valetkey/core', '@valetkey/axios', '@valetkey/airthings', 'axios']

function installInto(installer: Installer, names: readonly string[], name: string): Promise<Project> {
  return install(installer, names, { folder: join(folder, name), registry })
}

test('every public package is published once, and none that is private', async () => {
  const read = publicFolders().map((path) => readFile(join(root, path, 'package.json'), 'utf8'))
  const expected = (await Promise.all(read)).map((text): string => JSON.parse(text).name)
  expect(published.map((line) => line.replace(/@[^@]+$/, '')).toSorted()).toEqual(expected.toSorted())
})

describe.each(installers)('installed by %s, core, fetch and flume', (installer) => {
  let project: Project

  beforeAll(async () => {
    project = await installInto(installer, FETCH_AND_FLUME, `flume-${installer}`)
  })

  test('bring the OAuth wire and two libraries, and nothing of other vendors, clients or stores', async () => {
    const expected = [...FETCH_AND_FLUME, '@valetkey/oauth2', 'jose', 'oauth4webapi']
    expect(await installedPackages(project.folder)).toEqual(expected.toSorted())
    expect(await installScripts(project.folder)).toEqual([])
  })

  test.each(['import.mjs', 'require.cjs'])(
    '%s signs in, is refused once, refreshes and gets its answer',
    async (script) => {
      const printed = await run(process.execPath, [script], { cwd: project.folder, env: project.env })
      expect(JSON.parse(printed)).toMatchObject({ status: 200, answer: { hello: 'robin' } })
    },
  )
})

describe('a program in TypeScript', () => {
  let project: Project

  beforeAll(async () => {
    project = await installInto('npm', FETCH_AND_FLUME, 'typescript')
  })

  /** `node20` came with TypeScript 5.9. */
  const compilers = [
    { version: '5.6', tsc: join(RUNTIMES, 'typescript-5.6/bin/tsc'), resolutions: ['nodenext', 'bundler'] },
    { version: '6.0', tsc: join(RUNTIMES, 'typescript-6.0/bin/tsc'), resolutions: ['nodenext', 'bundler', 'node20'] },
    {
      version: '7',
      tsc: join(root, 'node_modules/typescript/bin/tsc'),
      resolutions: ['nodenext', 'bundler', 'node20'],
    },
  ].flatMap(({ resolutions, ...compiler }) => resolutions.map((resolution) => ({ ...compiler, resolution })))

  test.each(compilers)('is checked by TypeScript $version with $resolution', async ({ tsc, resolution }) => {
    const module =
      resolution === 'bundler' ? ['--module', 'esnext', '--moduleResolution', 'bundler'] : ['--module', resolution]
    const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2022', '--lib', 'es2023,dom']
    const checked = run(process.execPath, [tsc, ...strict, ...module, 'client.ts'], { cwd: project.folder })
    await expect(checked).resolves.toBe('')
  })
})

test('npm audit knows nothing against what users get', async (context) => {
  const { folder, env } = await installInto('npm', [...FETCH_AND_FLUME, ...AXIOS_AND_AIRTHINGS], 'audit')
  const upstream = (await run('npm', ['config', 'get', 'registry'], { cwd: root })).trim()
  const answer = await run('npm', ['audit', '--json', `--registry=${upstream}`], { cwd: folder, env }).catch(String)
  context.skip(!answer.includes('"auditReportVersion"'), 'the registry answers no audit')
  expect(JSON.parse(answer)).toMatchObject({ metadata: { vulnerabilities: { total: 0 } } })
})

test('what installs are made of, in packages and bytes', async () => {
  const everything = published.map((line) => line.replace(/@[^@]+$/, ''))
  const rows = { 'core + fetch + flume': FETCH_AND_FLUME, 'core + axios + airthings': AXIOS_AND_AIRTHINGS, everything }
  console.log(`${published.length} packages published`)
  for (const [name, packages] of Object.entries(rows)) {
    const project = await installInto('npm', packages, `size-${Object.keys(rows).indexOf(name)}`)
    const count = (await installedPackages(project.folder)).length
    const bytes = await sizeOf(join(project.folder, 'node_modules'))
    expect(count).toBeGreaterThan(0)
    console.log(`${name}: ${count} packages, ${(bytes / 1e6).toFixed(2)} MB`)
  }
})

async function sizeOf(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const sizes = entries.filter((entry) => entry.isFile()).map((entry) => stat(join(entry.parentPath, entry.name)))
  return (await Promise.all(sizes)).reduce((total, { size }) => total + size, 0)
}

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../boundaries/workspace.ts'
import { cleanEnvironment } from './project.ts'
import { run } from './run.ts'

let folder: string
let printed: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'valetkey local '))
  printed = await run(process.execPath, ['scripts/pack-local.mjs', join(folder, 'tarballs')], { cwd: root })
})

afterAll(() => rm(folder, { recursive: true }))

test.for([
  '@valetkey/fetch, @valetkey/flume, @valetkey/testing',
  '@valetkey/axios, @valetkey/airthings, axios',
  'valetkey',
])('the line that pack:local prints for %s installs it in an empty folder', async (choice) => {
  const line = printed.split('\n').find((_, index, lines) => lines[index - 1] === `# ${choice}`) ?? ''
  expect(line).toMatch(/^npm install /)
  const [home, project] = [join(folder, choice, 'home'), join(folder, choice, 'project')]
  await Promise.all([mkdir(home, { recursive: true }), mkdir(project, { recursive: true })])
  const options = { cwd: project, env: { ...cleanEnvironment(), HOME: home } }
  await run('sh', ['-c', `${line} --no-audit --no-fund`], options)
  const imports = choice.split(', ').map((name) => `await import('${name}')`)
  await run(process.execPath, ['--input-type=module', '--eval', imports.join('\n')], options)
})

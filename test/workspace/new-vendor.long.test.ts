import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from './boundaries/workspace.ts'

const API = 'https://api.kestrel.example/v1'
const TOKEN = 'https://login.kestrel.example/oauth/token'

/** The answers in the order of the questions. */
const VENDORS = [
  ['kestrel', API, TOKEN, 'client-credentials', 'bearer'],
  ['kestrel-header', API, TOKEN, 'client-credentials', 'header:X-Kestrel-Token'],
  ['kestrel-user', 'https://kestrel.example', 'https://kestrel.example/token', 'password', 'bearer'],
  ['kestrel-user-query', API, TOKEN, 'password', 'query:access_token'],
  ['kestrel-key-header', API, '', 'api-key', 'header:X-Api-Key'],
  ['kestrel-key-query', API, '', 'api-key', 'query:api_key'],
] as const

const USED = {
  core: 'packages/core',
  oauth2: 'packages/oauth2',
  testing: 'packages/testing',
  fetch: 'packages/clients/fetch',
}

const run = promisify(execFile)

let workspace: string

beforeAll(async () => {
  workspace = await createWorkspace()
  for (const answers of VENDORS) await generate(...answers)
})
afterAll(() => rm(workspace, { recursive: true }))

describe.concurrent('pnpm new:vendor', () => {
  test('writes packages whose tests pass', async () => {
    const report = await runTests()
    expect(report).toMatchObject({ success: true, numFailedTests: 0, numPendingTests: 0 })
    expect(report.testResults).toHaveLength(2 * VENDORS.length)
  })

  test('writes packages that type-check, type tests included', async () => {
    expect(await complaintsOf('typescript/bin/tsc', '-p', 'tsconfig.json')).toBe('')
  })

  test('writes packages that are formatted and have nothing to lint', async () => {
    const options = ['--error-on-warnings', '--vcs-enabled=false', '--reporter=summary']
    expect(await complaintsOf('@biomejs/biome/bin/biome', 'check', ...options, 'packages/vendors')).toBe('')
    expect(await complaintsOf('oxlint/bin/oxlint', 'packages/vendors')).toBe('')
  })

  test.each(VENDORS)('%s: few lines, a README of at most 120, a changeset', async (name) => {
    const at = join(workspace, 'packages/vendors', name)
    expect(await lineCount(join(at, 'src/index.ts'))).toBeLessThanOrEqual(40)
    expect(await lineCount(join(at, 'README.md'))).toBeLessThanOrEqual(120)
    expect(await readFile(join(workspace, `.changeset/first-${name}.md`), 'utf8')).toContain(
      `'@valetkey/${name}': minor`,
    )
    expect(await readFile(join(workspace, 'test/package.json'), 'utf8')).toContain(`"@valetkey/${name}": "workspace:*"`)
  })

  test.each([
    ['a name that is taken', ['kestrel', API, '', 'api-key', 'bearer'], '@valetkey/kestrel exists already'],
    ['a name with capitals', ['Heron', API, '', 'api-key', 'bearer'], 'kebab-case'],
    ['a word of JavaScript for a name', ['delete', API, '', 'api-key', 'bearer'], '"delete" is a word of JavaScript'],
    ['a word of its modules for a name', ['await', API, '', 'api-key', 'bearer'], '"await" is a word of JavaScript'],
    ['a name that starts with a digit', ['3d-scan', API, '', 'api-key', 'bearer'], 'kebab-case'],
    ['a name that npm finds too long', ['a'.repeat(205), API, '', 'api-key', 'bearer'], 'at most 204 characters'],
    ['a name that its code uses', ['define-vendor', API, TOKEN, 'password', 'bearer'], '"define-vendor" has a meaning'],
    ['a name that one of its files has', ['contract', API, '', 'api-key', 'bearer'], '"contract" has a meaning'],
    ['an http URL', ['heron', 'http://heron.example', '', 'api-key', 'bearer'], 'https'],
    ['a grant for tokens without a token URL', ['heron', API, '', 'password', 'bearer'], 'the URL must be'],
    ['an unknown grant', ['heron', API, TOKEN, 'implicit', 'bearer'], ''],
    ['an unknown placement', ['heron', API, '', 'api-key', 'cookie'], 'the placement must be'],
  ])('refuses %s, and writes nothing', async (_, answers, words) => {
    const error: unknown = await generate(...answers).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ stderr: expect.stringContaining(words), code: 1 })
    expect(await readdir(join(workspace, 'packages/vendors'))).toEqual(VENDORS.map(([name]) => name).toSorted())
  })
})

/** An empty workspace of this one's shape in which the packages that a vendor uses can be imported. */
async function createWorkspace(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'valetkey-vendors-'))
  const scope = join(folder, 'packages/node_modules/@valetkey')
  await Promise.all(
    [scope, join(folder, 'packages/vendors'), join(folder, 'test')].map((at) => mkdir(at, { recursive: true })),
  )
  await Promise.all([
    ...Object.entries(USED).map(([name, at]) => symlink(join(root, at), join(scope, name))),
    symlink(join(root, 'node_modules'), join(folder, 'node_modules')),
    ...['biome.json', '.oxlintrc.json', 'turbo.json', 'package.json', 'pnpm-workspace.yaml'].map((file) =>
      cp(join(root, file), join(folder, file)),
    ),
    writeFile(join(folder, 'test/package.json'), JSON.stringify({ private: true, devDependencies: {} })),
    writeFile(join(folder, 'tsconfig.json'), JSON.stringify(compilerSettings())),
    writeFile(join(folder, 'vitest.config.mjs'), `export default ${JSON.stringify(testSettings())}`),
  ])
  return folder
}

function compilerSettings(): object {
  return { extends: join(root, 'tsconfig.json'), include: ['packages/vendors/**/*.ts'], exclude: ['**/node_modules'] }
}

function testSettings(): object {
  const source = { conditions: ['@valetkey/source'] }
  return { resolve: source, ssr: { resolve: source }, test: { include: ['packages/vendors/*/test/**/*.test.ts'] } }
}

function generate(...answers: readonly string[]): Promise<unknown> {
  const config = join(root, 'turbo/generators/config.mjs')
  return runTool(
    '@turbo/gen/dist/cli.js',
    'run',
    'vendor',
    '--config',
    config,
    '--root',
    workspace,
    '--args',
    ...answers,
  )
}

interface TestReport {
  readonly success: boolean
  readonly testResults: readonly unknown[]
}

async function runTests(): Promise<TestReport> {
  const file = join(workspace, 'report.json')
  const options = ['--reporter=json', `--outputFile=${file}`, '--root', workspace, '--pool=threads', '--no-isolate']
  await runTool('vitest/vitest.mjs', 'run', ...options).catch(() => undefined)
  return JSON.parse(await readFile(file, 'utf8'))
}

/** What the tool printed when it failed; nothing when it did not. */
async function complaintsOf(tool: string, ...options: readonly string[]): Promise<string> {
  const failed = await runTool(tool, ...options).then(
    () => undefined,
    (error: { stdout: string; stderr: string }) => error,
  )
  return failed ? `${failed.stdout}${failed.stderr}` : ''
}

function runTool(tool: string, ...options: readonly string[]): Promise<unknown> {
  return run(process.execPath, [join(root, 'node_modules', tool), ...options], { cwd: workspace })
}

async function lineCount(file: string): Promise<number> {
  return (await readFile(file, 'utf8')).trimEnd().split('\n').length
}

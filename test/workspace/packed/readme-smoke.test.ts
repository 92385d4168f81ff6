import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { postgresSchema } from '@valetkey/store-postgres'
import { simulators } from '@valetkey/testing/simulators'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectOneTokenOfReadme } from '../../../packages/stores/durable-object/test/support/readme-workers.ts'
import { startDynamoDb } from '../../../packages/stores/dynamodb/test/support/dynamodb-server.ts'
import { describeWithPostgres, startPostgres } from '../../../packages/stores/postgres/test/support/postgres-server.ts'
import { describeWithRedis, startRedis } from '../../../packages/stores/redis/test/support/redis-server.ts'
import { describeWith } from '../../../packages/test-support/src/needs.ts'
import { type Manifest, root } from '../boundaries/workspace.ts'
import { type Block, blocksOf } from '../examples/blocks.ts'
import { type ExampleNetwork, startNetwork } from '../examples/network.ts'
import { cleanEnvironment, createProject, type Project } from './project.ts'
import { publicFolders } from './public-packages.ts'
import { run } from './run.ts'

/** About an entry point or an option of a package. */
const DOCUMENTS = ['docs/dpop.md', 'docs/keep-warm.md', 'docs/testing-your-program.md']
/** A program for terminals: `cli-smoke.test.ts`. */
const COMMANDS = ['packages/cli/README.md']
/** Types, and what blocks import that no install line names. */
const MORE_PACKAGES = ['@types/node', '@types/pg', 'ioredis', 'postgres']
/** As `tsc --init` writes them, but that declarations are checked, too. */
const COMPILER_OPTIONS = {
  module: 'nodenext',
  target: 'esnext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  isolatedModules: true,
  moduleDetection: 'force',
  noUncheckedIndexedAccess: true,
  noUncheckedSideEffectImports: true,
  verbatimModuleSyntax: true,
  noEmit: true,
  skipLibCheck: false,
}

/** These modules export what a server calls. */
const SIGN_IN = 'packages/sign-in/README.md'
const DURABLE_OBJECT = 'packages/stores/durable-object/README.md'
/** These need a server. */
const DYNAMODB = 'packages/stores/dynamodb/README.md'
const POSTGRES = 'packages/stores/postgres/README.md'
const REDIS = 'packages/stores/redis/README.md'
const RUN_BELOW = [SIGN_IN, DURABLE_OBJECT, DYNAMODB, POSTGRES, REDIS]
/** These start what they need, and most say themselves what has to come of it. */
const RUN_ALONE = [
  'Keep grants alive',
  'With a fake credential',
  'With a simulator',
  'With an identity provider',
  'Without any vendor',
]

const folders = publicFolders()
const readmes = folders.map((folder) => `${folder}/README.md`)
const blocks = [...readmes, ...DOCUMENTS].flatMap((name) => blocksOf(name, readFileSync(join(root, name), 'utf8')))
const programs = blocks.filter(({ language }) => language === 'ts')
const used = programs.filter(({ heading }) => heading === 'Use')

let project: Project
let network: ExampleNetwork

/** Somebody who follows all install lines, in a folder where nothing is, and saves each block as a file. */
beforeAll(async () => {
  const names = folders.map(nameIn)
  const own = names.map((name) => (name === 'valetkey' ? 'cli' : name.replace('@valetkey/', '')))
  const installed = blocks.filter(({ language }) => language === 'sh').flatMap(({ code }) => installedBy(code))
  const others = new Set([...installed, ...MORE_PACKAGES].filter((name) => !names.includes(name)))
  project = await createProject(own, 'readme', [...others].map(pinned))
  await Promise.all(programs.map((block) => writeFile(join(project.folder, fileOf(block)), moduleOf(block))))
  const settings = { compilerOptions: COMPILER_OPTIONS, include: ['*.mts'] }
  await writeFile(join(project.folder, 'tsconfig.json'), JSON.stringify(settings))
  network = await startNetwork()
})

afterAll(async () => {
  await network.close()
  await project[Symbol.asyncDispose]()
})

test('every package shows a program', () => {
  const shown = used.map(({ document }) => document)
  expect(readmes.filter((readme) => !shown.includes(readme))).toEqual(COMMANDS)
})

test('all programs compile with the packed packages and their declarations', async () => {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  expect(await run(process.execPath, [compiler, '-p', '.'], { cwd: project.folder })).toBe('')
})

describe.concurrent('with the packed packages', () => {
  test.each(used.filter(({ document }) => !RUN_BELOW.includes(document)))(
    '$document:$line runs as it stands',
    async (block) => {
      const { requests, printed } = await runBlock(block)
      expect(requests.at(-1)).toMatch(/ 200$/)
      for (const text of commentsOn(block)) expect(printed).toContain(`${text}\n`)
    },
  )

  test.each(programs.filter(({ heading }) => RUN_ALONE.includes(heading)))(
    '$document:$line runs as it stands, and what it expects is so',
    async (block) => {
      await expect(runBlock(block)).resolves.toBeDefined()
    },
  )

  test('people sign in and out by the routes of the README of sign-in', async () => {
    expect(await runProgram('sign-in.mjs', firstOf(SIGN_IN))).toBe('303 303 /rooms 303 1\n')
  })

  test('a pass of docs/keep-warm.md finds who has to sign in', async () => {
    const block = programs.find(({ heading }) => heading === 'Without a process that stays')
    expect(await runProgram('keep-warm.mjs', block)).toBe("[ 'default' ]\n")
  })

  test(`the Worker of ${DURABLE_OBJECT} runs`, () => expectOneTokenOfReadme(project.folder))

  test(`the program of ${DYNAMODB} runs as it stands`, async ({ onTestFinished }) => {
    const server = await startDynamoDb()
    onTestFinished(() => server.stop())
    await server.createTable()
    await expectOneToken(DYNAMODB, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${server.port}`,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'example',
      AWS_SECRET_ACCESS_KEY: 'example',
    })
  })
})

describeWithRedis('with Redis', () => {
  test(`the program of ${REDIS} runs as it stands`, async ({ onTestFinished }) => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    await expectOneToken(REDIS, { REDIS_URL: `redis://127.0.0.1:${server.port}` })
  })
})

describeWithPostgres('with Postgres', () => {
  test(`the program of ${POSTGRES} runs as it stands`, async ({ onTestFinished }) => {
    const server = await startPostgres()
    onTestFinished(() => server.stop())
    await server.run(postgresSchema())
    await expectOneToken(POSTGRES, { DATABASE_URL: `postgres://postgres@127.0.0.1:${server.port}/postgres` })
  })
})

describeWith('curl', 'sudo apt-get install -y curl')('in a terminal', () => {
  test(`the commands of ${COMMANDS} run as they stand, at an identity provider in place of GitHub`, async ({
    onTestFinished,
  }) => {
    const idp = await simulators.identityProvider({ clientId: 'boats', clientSecret: 'secret' })
    onTestFinished(() => idp.close())
    const { code = '' } = blocks.find(({ document, heading }) => COMMANDS.includes(document) && heading === 'Use') ?? {}
    const variables = Object.entries(idp.options).map(([name, value]) => [variableOf(name), String(value)])
    const env = {
      ...cleanEnvironment(),
      ...Object.fromEntries(variables),
      PATH: [join(project.folder, 'node_modules/.bin'), process.env.PATH].join(delimiter),
      BROWSER: join(project.folder, 'browser.mjs'),
      VALETKEY_HOME: join(project.folder, '.valetkey'),
      VALETKEY_KEYCHAIN: 'off',
    }
    const commands = `set -e\n${code.replaceAll('https://api.github.com', idp.baseUrl)}\nvaletkey status --json`
    const printed = await run('sh', ['-c', commands], { cwd: project.folder, env })
    expect(printed).toContain('Signed in to github.')
    expect(printed.match(/"account":"robin@example.com"/g)).toHaveLength(2)
    expect(printed).toMatch(/Signed out of github, .*\n\{"accounts":\[\]\}\n$/)
    expect(idp.tokenCalls()).toBe(1)
  })
})

/** Runs the program of a store twice: the second run finds the token of the first. */
async function expectOneToken(document: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const block = firstOf(document)
  const request = 'GET https://api.example.com/boats 200'
  const first = await runBlock(block, environment)
  expect(first).toEqual({ requests: ['POST https://login.example.com/oauth/token 200', request], printed: '200\n' })
  expect(await runBlock(block, environment)).toEqual({ requests: [request], printed: '200\n' })
}

/** Runs a block as it stands, with Node's own reading of TypeScript. Its requests reach the simulators. */
async function runBlock(block: Block, environment: Readonly<Record<string, string>> = {}) {
  const before = ['./reroute.mjs', ...(block.code.includes("from 'axios'") ? ['./axios-by-fetch.mjs'] : [])]
  const output = await runNode([...before.flatMap((file) => ['--import', file]), fileOf(block)], environment)
  const lines = output.split(/(?<=\n)/)
  const isRequest = (line: string) => /^[A-Z]+ https?:\S+ \d{3}\n$/.test(line)
  return {
    requests: lines.filter(isRequest).map((line) => line.trim()),
    printed: lines.filter((line) => !isRequest(line)).join(''),
  }
}

/** Runs a program of `readme/` with the module that a block became. */
async function runProgram(name: string, block: Block | undefined): Promise<string> {
  if (block === undefined) throw new Error(`no block for ${name}`)
  return await runNode([name, `./${fileOf(block)}`])
}

function runNode(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const routes = { EXAMPLE_ROUTES: JSON.stringify(network.routes) }
  const env = { ...process.env, ...network.environment, ...routes, ...environment }
  return run(process.execPath, args, { cwd: project.folder, env })
}

/** What the program prints, as the comments behind its lines say. */
function commentsOn({ code }: Block): string[] {
  return [...code.matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)].map(([, comment = '']) => comment)
}

function firstOf(document: string): Block {
  const block = used.find((each) => each.document === document)
  if (block === undefined) throw new Error(`${document} shows no program`)
  return block
}

function fileOf({ document, line }: Block): string {
  return `${document.replaceAll(/\W+/g, '-')}-${line}.mts`
}

/** The code stands at the line where it stands in its document. */
function moduleOf({ code, line }: Block): string {
  return `${'\n'.repeat(line - 1)}${code}\n`
}

function nameIn(folder: string): string {
  return readManifest(folder).name
}

/** Of an option of GitHub's. */
function variableOf(option: string): string {
  return `VALETKEY_GITHUB_${option.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`
}

function installedBy(code: string): string[] {
  const lines = [...code.matchAll(/^npm install (.*)$/gm)].map(([, names = '']) => names)
  return lines.flatMap((names) => names.split(' ')).filter((name) => !name.startsWith('-'))
}

/** In the version that the workspace has. */
function pinned(name: string): string {
  const folder = ['.', 'test', ...folders].find((each) => existsSync(join(root, each, 'node_modules', name)))
  if (folder === undefined) throw new Error(`the workspace has no ${name}`)
  return `${name}@${readManifest(join(folder, 'node_modules', name)).version}`
}

function readManifest(folder: string): Manifest & { readonly version: string } {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
}

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { root } from './boundaries/workspace.ts'

type Permissions = 'read-all' | 'write-all' | Readonly<Record<string, string>>

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}

interface Job {
  readonly permissions?: Permissions
  readonly uses?: string
  readonly steps?: readonly Step[]
}

interface Workflow {
  readonly on: unknown
  readonly permissions?: Permissions
  readonly jobs: Readonly<Record<string, Job>>
}

/** What runs code of the workspace or of a package of the registry. */
const RUNS_PACKAGES =
  /\b(npm (?!view\b|publish\b|--version)|npx|pnpm(?!-)|pnpx|yarn|bunx?|corepack|pip|docker|make)\b|\.ci\/run|run\.mjs/

/** Files of ours that a job with rights may run: they import nothing but Node and start nothing but npm and tar. */
const SAFE_SCRIPTS = ['scripts/publish-tarballs.mjs']

const files = globSync('.github/workflows/*.{yml,yaml}', { cwd: root }).toSorted()
const workflows = files.map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))

describe.each(workflows)('$file', ({ text }) => {
  test('names every action by the hash of a commit and the version that it is', () => {
    const lines = text.split('\n').filter((line) => /^\s*(- )?uses:/.test(line))
    expect(lines.filter((line) => !/uses: [\w.-]+(\/[\w.-]+)+@[0-9a-f]{40} # v\d+(\.\d+)*$/.test(line))).toEqual([])
    expect(usesOf(parse(text))).toHaveLength(lines.length)
  })

  test('has no job that leaves its token in a checkout', () => {
    expect(checkoutsThatKeepTheToken(parse(text))).toEqual([])
  })

  test('installs nothing and runs no package script where a job may write or has an identity', () => {
    expect(stepsThatCouldTakeAToken(parse(text))).toEqual([])
  })

  test('says what each job may do, and is not started by a pull request with the rights of the repository', () => {
    const { on, permissions, jobs }: Workflow = parse(text)
    const unsaid = Object.entries(jobs).filter(([, job]) => (job.permissions ?? permissions) === undefined)
    expect(unsaid.map(([name]) => name)).toEqual([])
    expect(JSON.stringify(on)).not.toMatch(/pull_request_target|workflow_run/)
  })
})

describe('the rules find', () => {
  const workflow = (job: string): Workflow => parse(`jobs:\n  a:\n    ${job.replaceAll('\n', '\n    ')}`)

  test.each([
    'permissions: write-all\nsteps: [{ run: npm ci }]',
    'permissions: { contents: write }\nsteps: [{ run: npm run build }]',
    'permissions: { id-token: write }\nsteps: [{ run: npx changeset version }]',
    'permissions: { contents: write }\nsteps: [{ run: .ci/run }]',
    'permissions: { contents: write }\nsteps: [{ run: node scripts/run.mjs test }]',
    'permissions: { contents: write }\nsteps: [{ run: node scripts/other.mjs }]',
    'steps: [{ run: npm test }]',
  ])('a job that could lose its token: %j', (job) => {
    expect(stepsThatCouldTakeAToken(workflow(job))).toHaveLength(1)
  })

  test('a checkout that keeps the token', () => {
    expect(checkoutsThatKeepTheToken(workflow('steps: [{ uses: actions/checkout@v7 }]'))).toHaveLength(1)
  })
})

function usesOf({ jobs }: Workflow): string[] {
  return Object.values(jobs).flatMap(({ uses, steps = [] }) =>
    [uses, ...steps.map((step) => step.uses)].flatMap((use) => use ?? []),
  )
}

function checkoutsThatKeepTheToken({ jobs }: Workflow): Step[] {
  const steps = Object.values(jobs).flatMap((job) => job.steps ?? [])
  return steps.filter(
    (step) => step.uses?.startsWith('actions/checkout@') && step.with?.['persist-credentials'] !== false,
  )
}

function stepsThatCouldTakeAToken({ permissions, jobs }: Workflow): string[] {
  const trusted = Object.values(jobs).filter((job) => mayWrite(job.permissions ?? permissions))
  return trusted
    .flatMap(({ steps = [] }) => steps.flatMap(({ run }) => run ?? []))
    .filter((run) => RUNS_PACKAGES.test(run) || scriptsIn(run).some((script) => !SAFE_SCRIPTS.includes(script)))
}

/** Without a word about them, a job has the rights that the repository's settings give. */
function mayWrite(permissions: Permissions | undefined): boolean {
  if (permissions === undefined || permissions === 'write-all') return true
  return Object.values(permissions).includes('write')
}

function scriptsIn(run: string): string[] {
  return [...run.matchAll(/\bnode (?:--\S+ )*(\S+)/g)].map(([, script = '']) => script)
}

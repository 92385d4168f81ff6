import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const CONFORMANCE = join(
  dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json')),
  'dist/index.js',
)
const CLIENT = join(import.meta.dirname, 'processes/conformance/main.ts')

/** Grants without a person, which @valetkey/oauth2 has, and one for which two servers trust each other. */
const OTHER_GRANTS = [
  'auth/client-credentials-jwt',
  'auth/client-credentials-basic',
  'auth/cross-app-access-complete-flow',
]
/** Its metadata name the issuer `/oauth` and are published for another, which RFC 8414 §3.3 forbids to use. */
const OTHER_ISSUER = 'auth/2025-03-26-oauth-metadata-backcompat'

const run = promisify(execFile)
const { stdout } = await run(process.execPath, [CONFORMANCE, 'list', '--client'])
const scenarios = [...stdout.matchAll(/- (auth\/\S+)/g)].map(([, name = '']) => name)

/** What the runner prints. */
async function runScenario(name: string): Promise<string> {
  const cwd = await mkdtemp(join(tmpdir(), 'valetkey-conformance-'))
  onTestFinished(() => rm(cwd, { recursive: true }))
  const command = `${process.execPath} --conditions=@valetkey/source ${CLIENT}`
  const args = [CONFORMANCE, 'client', '--command', command, '--scenario', name, '--timeout', '120000']
  const { stdout, stderr } = await run(process.execPath, args, { cwd }).catch((ended: Printed) => ended)
  return stdout + stderr
}

/** Of a program, also of one that ends with another code than 0. */
interface Printed {
  readonly stdout: string
  readonly stderr: string
}

test('the scenarios that are left out are there', () => {
  expect(scenarios).toEqual(expect.arrayContaining([...OTHER_GRANTS, OTHER_ISSUER]))
})

test.each(scenarios.filter((name) => ![...OTHER_GRANTS, OTHER_ISSUER].includes(name)))(
  'conformance: %s',
  async (name) => {
    expect(await runScenario(name)).toContain('OVERALL: PASSED')
  },
)

test('metadata of another issuer are refused, also where the conformance suite wants them used', async () => {
  expect(await runScenario(OTHER_ISSUER)).toContain(
    'the metadata of the authorization server are those of another issuer',
  )
})

import { spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Tests start hundreds of processes that load the same sources. */
const COMPILE_CACHE = fileURLToPath(new URL('../node_modules/.cache/node-compile', import.meta.url))

/**
 * One part of `npm test`: a script of the root package.json.
 * @typedef {object} Part
 * @property {string} title
 * @property {string} script
 * @property {readonly string[]} [args] of the script
 * @property {boolean} [vitest] its test cases are counted one by one; any other part counts as one case
 * @property {string} [after] title of the part that must have passed before
 * @property {{ program: string, install: string }} [needs] a program of the machine, and the command that installs it
 */

/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string} output what to show of it; empty when all is well
 * @property {readonly string[]} missing programs that skipped cases need, each with the line that installs it
 */

/** @type {(part: Part) => Promise<Outcome>} */
export async function runPart(part) {
  const missing = missingProgram(part.needs, process.env)
  if (missing !== undefined) return missing
  return part.vitest ? runVitest(part) : runCommand(part)
}

/**
 * What becomes of a part whose program the machine lacks: skipped with the line that installs it, failed under CI.
 * @type {(needs: Part['needs'], environment: Record<string, string | undefined>) => Outcome | undefined}
 */
export function missingProgram(needs, environment) {
  if (needs === undefined || isOnPath(needs.program, environment.PATH ?? '')) return undefined
  const isFailure = environment.CI === 'true'
  const problem = `${needs.program} is missing; install it with: ${needs.install}`
  if (isFailure) return { passed: 0, failed: 1, skipped: 0, output: problem, missing: [] }
  return { passed: 0, failed: 0, skipped: 1, output: '', missing: [problem] }
}

function isOnPath(program, path) {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

async function runCommand(part) {
  const { code, output } = await run(part.script, part.args ?? [])
  if (code !== 0) return { passed: 0, failed: 1, skipped: 0, output, missing: [] }
  return { passed: 1, failed: 0, skipped: 0, output: '', missing: [] }
}

async function runVitest(part) {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-test-'))
  const report = join(folder, 'report.json')
  try {
    const { code, output } = await run(part.script, [
      ...(part.args ?? []),
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ])
    const cases = readReport(report)
    const counts = countCases(code, cases)
    return { ...counts, output: counts.failed === 0 ? '' : output, missing: missingPrograms(cases) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined // vitest ended before it wrote one; its exit code and output tell
  }
}

/** A file that does not load holds no cases, and an unhandled rejection belongs to none: each still counts as a failure. */
export function countCases(code, report) {
  const passed = report?.numPassedTests ?? 0
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0)
  const unloaded = report?.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  const failed = (report?.numFailedTests ?? 0) + (unloaded?.length ?? 0)
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed, skipped }
}

/** The titles of skipped cases say which program they need. */
export function missingPrograms(report) {
  const titles = report?.testResults.flatMap((file) => file.assertionResults.map(({ fullName }) => fullName)) ?? []
  const problems = titles.flatMap((title) => title.match(/[^()]+ is missing; install it with: [^()]+(?=\))/g) ?? [])
  return [...new Set(problems)]
}

function run(script, args) {
  const color = process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }
  const environment = {
    ...process.env,
    ...color,
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    pnpm_config_verify_deps_before_run: 'false',
  }
  const child = spawn('pnpm', ['run', '--silent', script, ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString() }))
  })
}

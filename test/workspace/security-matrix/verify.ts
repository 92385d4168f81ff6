import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../boundaries/workspace.ts'
import type { Line } from './lines.ts'

/** A change that makes a test endless is badly chosen: this ends with an error then. */
const LIMIT_MS = 5 * 60_000

/** Names of cited tests that fail without a change of the source, or pass with it. */
export function verify(lines: readonly Line[]): string[] {
  const files = new Set(lines.flatMap(({ tests }) => Object.keys(tests)))
  const red = failedTests([...files])
  if (red.length > 0) return red.map((name) => `fails without a change: ${name}`)
  return lines.flatMap((line) => {
    const passed = passedTests(line)
    console.log(`${passed.length === 0 ? '✓' : '✗'} ${line.threat}: ${line.rule}`)
    return passed.map((name) => `passes without "${line.rule}": ${name}`)
  })
}

function passedTests({ tests, mutation }: Line): string[] {
  const file = join(root, mutation.file)
  if (git('diff', '--quiet', 'HEAD', '--', mutation.file) !== 0)
    throw new Error(`${mutation.file} has changes; commit them first`)
  const source = readFileSync(file, 'utf8')
  try {
    writeFileSync(
      file,
      source.replace(mutation.from, () => mutation.to),
    )
    const failed = failedTests(Object.keys(tests))
    const names = Object.values(tests).flat()
    return names.filter((name) => !failed.some((title) => patternOf(name).test(title)))
  } finally {
    writeFileSync(file, source)
  }
}

/** A test of `test.each` is called after its case. */
function patternOf(name: string): RegExp {
  const parts = name.split(/%[sdij#]|\$\{?\w+\}?/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^]*')}$`)
}

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[]
  }[]
}

function failedTests(files: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-'))
  try {
    const outputFile = join(folder, 'report.json')
    const only = ['unit', 'isolated', 'examples', 'long'].flatMap((project) => ['--project', project])
    const options = ['--reporter=json', `--outputFile=${outputFile}`]
    spawnSync('vitest', ['run', ...only, ...options, ...files], { cwd: root, stdio: 'ignore', timeout: LIMIT_MS })
    const { testResults }: Report = JSON.parse(readFileSync(outputFile, 'utf8'))
    return testResults.flatMap(({ assertionResults }) =>
      assertionResults.filter(({ status }) => status === 'failed').map(({ title }) => title),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function git(...args: readonly string[]): number | null {
  return spawnSync('git', args, { cwd: root }).status
}

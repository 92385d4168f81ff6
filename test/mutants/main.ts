/**
 * `npm run mutants [-- core packages/oauth2/src/sign-in/complete.ts …]`: changes one piece of a source at a time and shows which
 * changes no test notices. Results are kept in `.mutants`, so that a second run tests only what changed.
 */
import { mkdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Stryker } from '@stryker-mutator/core'
import { root } from '../workspace/boundaries/workspace.ts'
import { chosen, type MutatedPart } from './packages.ts'
import { addTotals } from './totals.ts'

/** Of a test run that a mutant makes endless, and not a busy machine; twice the usual time of its tests comes on top. */
const TIMEOUT_MS = 60_000

const CONCURRENCY = 2

const results = '.mutants'

async function mutate({ name, tests }: MutatedPart, files: readonly string[]): Promise<void> {
  process.env.MUTANT_TESTS = tests.join(' ')
  const stryker = new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutants/vitest.config.ts', related: false },
    mutate: [...files],
    ignorePatterns: ['.git', 'dist', '.turbo', results, 'website', 'bench', 'docs', 'test/browser'],
    // TypeScript 7 has no JavaScript interface that StrykerJS could rewrite the file with, and nothing compiles.
    tsconfigFile: 'none.json',
    disableTypeChecks: false,
    tempDirName: join(results, 'sandbox'),
    cleanTempDir: 'always',
    incremental: true,
    incrementalFile: join(results, `${name}.json`),
    coverageAnalysis: 'perTest',
    ignoreStatic: true,
    concurrency: CONCURRENCY,
    timeoutMS: TIMEOUT_MS,
    timeoutFactor: 2,
    checkers: [],
    reporters: ['progress-append-only', 'clear-text'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false, skipFull: true },
    allowEmpty: true,
  })
  const mutants = await stryker.runMutationTest()
  addTotals(mutants.filter(({ fileName }) => files.includes(relative(root, fileName))))
}

process.chdir(root)
mkdirSync(results, { recursive: true })
try {
  for (const { part, files } of chosen(process.argv.slice(2))) await mutate(part, files)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

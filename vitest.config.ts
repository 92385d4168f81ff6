import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

/** Tests import the packages' sources: nothing has to be built first. */
const source = { conditions: ['@valetkey/source'] }

/** Only a hang ends a test, not a busy machine. */
const testTimeout = 120_000
const hookTimeout = testTimeout

/** No test sends a secret to a real vendor, whatever option it forgot. */
const setupFiles = [fileURLToPath(new URL('test/workspace/loopback/setup.ts', import.meta.url))]
const sharedGlobals = fileURLToPath(new URL('test/workspace/globals.ts', import.meta.url))

const examples = 'test/workspace/examples/**/*.test.ts'
/** The smoke stage of `.ci/run` runs these: many processes, older releases, contracts against broken implementations, counts of what a heap holds. */
const long = '**/*.long.test.ts'
/** Real processes for a minute, on a machine that has nothing else to do. */
const chaos = 'chaos/test/chaos.test.ts'
const browser = ['test/browser/**', '**/*.browser.test.ts']
/** workerd is installed by `npm run smoke` only. */
const workerd = '**/*.workerd.test.ts'
/** They patch globals for as long as their process lives. */
const isolated = 'test/living-with-others/**/*.test.ts'
/** With TEST_VARIANTS=rest they run over older releases and further clients: see test-support's `variants`. */
const withVariants = [
  'packages/clients/axios/test/*.test.ts',
  'packages/stores/{file,redis,postgres}/test/store-contract.test.ts',
]

const never = ['**/node_modules/**', '**/dist/**', 'test/workspace/{packed,release,site}/**', workerd, ...browser]

type Settings = TestProjectInlineConfiguration['test']

function project(name: string, settings: Settings) {
  return {
    resolve: source,
    ssr: { resolve: source },
    test: {
      name,
      isolate: false,
      setupFiles,
      testTimeout,
      hookTimeout,
      unstubEnvs: true,
      unstubGlobals: true,
      ...settings,
    },
  }
}

export default defineConfig({
  test: {
    // Tests wait for servers and processes most of the time.
    maxWorkers: availableParallelism() + 1,
    projects: [
      project('unit', {
        setupFiles: [...setupFiles, sharedGlobals],
        include: ['{packages,apps,examples}/**/test/**/*.test.ts', '{test,chaos/test}/**/*.test.ts'],
        exclude: [...never, examples, chaos, long, isolated],
      }),
      project('isolated', { include: [isolated], isolate: true }),
      project('examples', { include: [examples] }),
      project('long', { include: [long], exclude: never, isolate: true, testTimeout: 5 * testTimeout }),
      project('variants', { include: withVariants, exclude: [...never, long], env: { TEST_VARIANTS: 'rest' } }),
      project('chaos', { include: [chaos] }),
      project('workerd', { include: [workerd], exclude: ['**/node_modules/**'] }),
    ],
  },
})

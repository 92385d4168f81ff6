import { defineConfig } from 'vitest/config'

/** Tests import the packages' sources: nothing has to be built first. */
const source = { conditions: ['@valetkey/source'] }
const sourceFirst = { resolve: source, ssr: { resolve: source } }

/** Only a hang ends a test, not a busy machine. */
const testTimeout = 120_000
const hookTimeout = testTimeout

const examples = 'test/workspace/examples/**/*.test.ts'
/** Real processes for a minute, on a machine that has nothing else to do. */
const chaos = 'chaos/test/chaos.test.ts'
const browser = ['test/browser/**', '**/*.browser.test.ts']
/** workerd is installed by `npm run smoke` only. */
const workerd = '**/*.workerd.test.ts'

export default defineConfig({
  test: {
    projects: [
      {
        ...sourceFirst,
        test: {
          name: 'unit',
          include: ['{packages,apps,examples}/**/test/**/*.test.ts', '{test,chaos/test}/**/*.test.ts'],
          exclude: [
            '**/node_modules/**',
            '**/dist/**',
            'test/workspace/{packed,release,site}/**',
            examples,
            chaos,
            workerd,
            ...browser,
          ],
          testTimeout,
          hookTimeout,
          unstubGlobals: true,
        },
      },
      {
        ...sourceFirst,
        test: {
          name: 'examples',
          include: [examples],
          testTimeout,
          hookTimeout,
          unstubEnvs: true,
          unstubGlobals: true,
        },
      },
      { ...sourceFirst, test: { name: 'chaos', include: [chaos] } },
      { ...sourceFirst, test: { name: 'workerd', include: [workerd], exclude: ['**/node_modules/**'], testTimeout } },
    ],
  },
})

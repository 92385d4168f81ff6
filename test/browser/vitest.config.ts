import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { launchOptions } from './chromium.ts'
import { sourceFirst } from './source-first.ts'

/** Tests in the machine's Chromium: those that run inside a page, and those that drive several tabs from outside. */
export default defineConfig({
  test: {
    root: pathOf('../..'),
    projects: [
      {
        resolve: sourceFirst,
        ssr: { resolve: sourceFirst },
        // A run of other files leaves a cache without some of these files' dependencies: the page would load again in the middle of a test.
        optimizeDeps: { force: true },
        test: {
          name: 'page',
          globalSetup: ['chromium.ts', 'contract-server.ts'].map(pathOf),
          include: ['packages/**/test/**/*.browser.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        resolve: { conditions: ['@valetkey/source'] },
        ssr: { resolve: { conditions: ['@valetkey/source'] } },
        test: {
          name: 'apps',
          globalSetup: pathOf('chromium.ts'),
          include: ['test/browser/**/*.long.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}

import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { launchOptions } from './chromium.ts'
import { sourceFirst } from './source-first.ts'

/** Tests in the machine's Chromium: those that run inside a page, and those that drive several tabs from outside. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    projects: [
      {
        resolve: sourceFirst,
        ssr: { resolve: sourceFirst },
        test: {
          name: 'page',
          globalSetup: fileURLToPath(new URL('contract-server.ts', import.meta.url)),
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
        test: { name: 'tabs', include: ['test/browser/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
      },
    ],
  },
})

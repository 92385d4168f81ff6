import { defineConfig } from 'vitest/config'

/** Tests import the packages' sources: nothing has to be built first. */
const source = { conditions: ['@valetkey/source'] }

export default defineConfig({
  resolve: source,
  ssr: { resolve: source },
  test: {
    include: ['packages/**/test/**/*.test.ts', 'apps/**/test/**/*.test.ts', 'test/**/*.test.ts'],
    unstubGlobals: true,
  },
})

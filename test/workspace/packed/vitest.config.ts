import { defineConfig } from 'vitest/config'

/** Tests of the packages as they are published: they need a build, so they are not among the others. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    globalSetup: './pack.ts',
    hookTimeout: 120_000,
    testTimeout: 60_000,
  },
})

import { defineConfig } from 'vitest/config'

/** A release, rehearsed: it needs a build and the tools of `test/workspace/runtimes`. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    globalSetup: './rehearsal.ts',
    hookTimeout: 120_000,
    testTimeout: 120_000,
  },
})

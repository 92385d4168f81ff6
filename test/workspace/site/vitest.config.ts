import { defineConfig } from 'vitest/config'

/** Tests of the built site; its tools are installed by `npm run smoke` only. */
export default defineConfig({
  test: { root: import.meta.dirname, globalSetup: './build.ts' },
})

import { defineConfig } from 'tsup'

/** One bundled ES module per entry point; `tsc` writes the declarations beside it. */
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'es2022',
  sourcemap: true,
  clean: true,
  dts: false,
  silent: true,
})

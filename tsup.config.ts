import { globSync, readFileSync } from 'node:fs'
import { defineConfig } from 'tsup'

interface Manifest {
  readonly exports?: Readonly<Record<string, string | { readonly '@valetkey/source'?: string }>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const manifest: Manifest = JSON.parse(readFileSync('package.json', 'utf8'))

/**
 * One bundled ES module per entry point of the package, and one for each grant, so that bundlers leave out the grants that a
 * program does not use; `tsc` writes the declarations beside it.
 */
export default defineConfig({
  entry: [...sourcesOf(manifest), ...globSync('src/grants/*.ts')],
  format: 'esm',
  // tsup leaves out dependencies and peers by itself.
  external: Object.keys(manifest.optionalDependencies ?? {}),
  target: 'es2022',
  sourcemap: true,
  // The sources are in the package, where the maps of the code and of the declarations lead.
  esbuildOptions: (options) => {
    options.sourcesContent = false
  },
  clean: true,
  dts: false,
  silent: true,
})

function sourcesOf({ exports = {} }: Manifest): string[] {
  return Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : (entry['@valetkey/source'] ?? [])))
}

import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { SLOW } from './packages.ts'
import { QuickFirst } from './quick-first.ts'

/** StrykerJS runs this in a copy of the repository, whose `node_modules` are links to the real ones. */
const root = process.cwd()

/** So that tests which import a package by its name get the copy's mutated sources. */
const alias = globSync('packages/{*,*/*}/package.json', { cwd: root, exclude: ['**/node_modules/**'] }).flatMap(
  (manifest) => {
    const { name, exports = {} }: Manifest = JSON.parse(readFileSync(join(root, manifest), 'utf8'))
    return Object.entries(exports).flatMap(([path, target]) => {
      const source = typeof target === 'string' ? undefined : target['@valetkey/source']
      if (source === undefined) return []
      const find = new RegExp(`^${join(name, path).replace(/[/.]/g, '\\$&')}$`)
      return [{ find, replacement: join(root, dirname(manifest), source) }]
    })
  },
)

interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, string | { readonly '@valetkey/source'?: string }>>
}

export default defineConfig({
  resolve: { conditions: ['@valetkey/source'], alias },
  ssr: { resolve: { conditions: ['@valetkey/source'] } },
  test: {
    include: (process.env.MUTANT_TESTS ?? '').split(' '),
    exclude: [...SLOW],
    isolate: false,
    sequence: { sequencer: QuickFirst },
    // What a mutant never settles ends here, before StrykerJS replaces the whole process.
    testTimeout: 40_000,
    hookTimeout: 40_000,
    unstubEnvs: true,
    unstubGlobals: true,
  },
})

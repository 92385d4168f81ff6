import { globSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../workspace/boundaries/workspace.ts'

/** A package whose sources are mutated, and the tests that a mutant has to pass. */
export interface MutatedPackage {
  /** `core`, `stores/redis`: its folder below `packages`. */
  readonly name: string
  readonly tests: readonly string[]
}

/**
 * Left out because a mutant would take minutes, or because they start programs, which run the unchanged sources. The simulation
 * and the ablations take too long; `npm run model` takes safeguards out itself.
 */
export const SLOW: readonly string[] = [
  '**/node_modules/**',
  // The explorer of the refresh protocol takes some seconds, and finds what single tests do not.
  '**/!(model).long.test.ts',
  '**/*.browser.test.ts',
  '**/*.workerd.test.ts',
]

const MUTATED: readonly MutatedPackage[] = [
  { name: 'core', tests: [testsOf('core'), 'test/lifecycle/*.test.ts', testsOf('clients/fetch')] },
  { name: 'oauth2', tests: [testsOf('oauth2')] },
  ...globSync('packages/{clients,stores}/*/package.json', { cwd: root })
    .toSorted()
    .map((manifest) => manifest.replace(/^packages\/(.*)\/package\.json$/, '$1'))
    .map((name) => ({ name, tests: [testsOf(name)] })),
]

/** Each package with the sources that the arguments name: a package (`core`), a folder or a file. None: all of all. */
export function chosen(args: readonly string[]): { readonly pkg: MutatedPackage; readonly files: readonly string[] }[] {
  const names = MUTATED.map(({ name }) => name)
  const wanted = args.length > 0 ? args : names
  const files = wanted.flatMap((argument) => {
    const found = sourcesOf(argument)
    if (found.length === 0) throw new Error(`"${argument}" is neither one of ${names.join(', ')} nor a path in its src`)
    return found
  })
  return MUTATED.map((pkg) => ({
    pkg,
    files: [...new Set(files)].filter((file) => file.startsWith(`packages/${pkg.name}/src/`)),
  })).filter((choice) => choice.files.length > 0)
}

function sourcesOf(argument: string): string[] {
  if (MUTATED.some(({ name }) => name === argument)) return globSync(`packages/${argument}/src/**/*.ts`, { cwd: root })
  if (!MUTATED.some(({ name }) => argument.startsWith(`packages/${name}/src`))) return []
  return globSync([argument, join(argument, '**/*.ts')], { cwd: root }).filter((file) => file.endsWith('.ts'))
}

function testsOf(name: string): string {
  return `packages/${name}/test/**/*.test.ts`
}

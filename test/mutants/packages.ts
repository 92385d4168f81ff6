import { globSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../workspace/boundaries/workspace.ts'

/** Sources that are mutated together, and the tests that each mutant has to pass. */
export interface MutatedPart {
  /** Of the file of results: `core`, `core-http`, `stores-redis`. */
  readonly name: string
  /** Folders and files below `packages`. */
  readonly sources: readonly string[]
  readonly tests: readonly string[]
}

/**
 * Left out because a mutant would take minutes, or because they start programs, which run the unchanged sources. The explorer,
 * the simulation and the ablations take too long; `npm run model` takes safeguards out itself.
 */
export const SLOW: readonly string[] = [
  '**/node_modules/**',
  '**/*.long.test.ts',
  '**/*.browser.test.ts',
  '**/*.workerd.test.ts',
]

/** All but `keepWarm`, which lives through months. */
const LIFECYCLE = 'test/lifecycle/!(keep-warm).test.ts'

/** A part within another one comes first. A mutant that survives runs all tests of its part, so they are those that show it. */
const PARTS: readonly MutatedPart[] = [
  {
    name: 'core-http',
    sources: ['core/src/http'],
    tests: ['packages/core/test/http/*.test.ts', testsOf('clients/fetch')],
  },
  { name: 'core-refresh', sources: ['core/src/refresh'], tests: ['packages/core/test/refresh/*.test.ts'] },
  {
    name: 'core-tokens',
    sources: ['core/src/tokens'],
    tests: ['packages/core/test/{,keep-warm/}*.test.ts', 'packages/core/test/http/prove.test.ts', LIFECYCLE],
  },
  {
    name: 'core-warm',
    sources: ['core/src/warm/ends.ts', 'core/src/keep-warm.ts'],
    tests: ['packages/core/test/keep-warm/*.test.ts'],
  },
  { name: 'core-keeper', sources: ['core/src/warm'], tests: ['test/lifecycle/keep-warm.test.ts'] },
  { name: 'core', sources: ['core/src'], tests: ['packages/core/test/*.test.ts', LIFECYCLE] },
  ...['oauth2', ...globSync('{clients,stores}/*', { cwd: join(root, 'packages') }).toSorted()].map((folder) => ({
    name: folder.replace('/', '-'),
    sources: [`${folder}/src`],
    tests: [testsOf(folder)],
  })),
]

/** Each part with the sources that the arguments name: a package (`core`), a folder or a file. None: all of all. */
export function chosen(args: readonly string[]): { readonly part: MutatedPart; readonly files: readonly string[] }[] {
  const packages = [...new Set(PARTS.flatMap(({ sources }) => sources.map((source) => source.replace(/\/src.*/, ''))))]
  const files = (args.length > 0 ? args : packages).flatMap((argument) => {
    const path = packages.includes(argument) ? `packages/${argument}/src` : argument
    const found = globSync([path, join(path, '**/*.ts')], { cwd: root }).filter((file) => partOf(file) !== undefined)
    if (found.length > 0) return found
    throw new Error(`"${argument}" is neither one of ${packages.join(', ')} nor a path in its src`)
  })
  return PARTS.map((part) => ({
    part,
    files: [...new Set(files)].filter((file) => partOf(file) === part),
  })).filter((choice) => choice.files.length > 0)
}

function partOf(file: string): MutatedPart | undefined {
  if (!file.endsWith('.ts')) return undefined
  return PARTS.find(({ sources }) => sources.some((source) => `${file}/`.startsWith(`packages/${source}/`)))
}

function testsOf(folder: string): string {
  return `packages/${folder}/test/**/*.test.ts`
}

import { globSync } from 'node:fs'
import { join } from 'node:path'

/** What a program imports; its size is that of the bundle. */
export interface Program {
  readonly name: string
  readonly source: string
  /** Counts the code of the package itself, and nothing that it imports. */
  readonly isAlone?: boolean
  /** What the program has anyway. */
  readonly external?: readonly string[]
}

const PACKAGES = join(import.meta.dirname, '../../packages')

const FETCH = all('clients/fetch')

/** What most users combine. */
export const COMMON: readonly Program[] = [
  { name: 'core + fetch', source: `${one('core', 'createTokenCredential')}; ${FETCH}` },
  { name: 'core + fetch + flume', source: `${all('vendors/flume')}; ${FETCH}` },
  {
    name: 'core + fetch + github of the catalogue, sign-in only',
    source: `export { authorizationCode } from ${entryOf('catalogue', 'github')}; ${FETCH}`,
  },
  { name: 'core + fetch, API key only', source: `${one('core', 'createApiKeyCredential')}; ${FETCH}` },
  {
    name: 'core + fetch + bluesonde, API key only',
    source: `${one('vendors/bluesonde', 'apiKey')}; ${FETCH}`,
  },
  {
    name: 'core + axios + airthings',
    source: `${all('vendors/airthings')}; ${all('clients/axios')}`,
    external: ['axios'],
  },
]

/** Each vendor with all that it exports. */
export const VENDORS: readonly Program[] = globSync('vendors/*', { cwd: PACKAGES })
  .toSorted()
  .map((folder) => ({ name: folder.replace('vendors/', 'core + fetch + '), source: `${all(folder)}; ${FETCH}` }))

/** Each package that ends up in bundles, with all that it exports. */
export const ALONE: readonly Program[] = globSync(['core', 'oauth2', 'mcp', 'otel', '{clients,stores,vendors}/*'], {
  cwd: PACKAGES,
})
  .map((folder) => ({ name: nameOf(folder), source: all(folder), isAlone: true }) as const)
  .toSorted((a, b) => a.name.localeCompare(b.name))

/** Does the same job for fetch, within one process. */
export const PEER: Program = {
  name: '@badgateway/oauth2-client',
  source: `export { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'`,
}

export const PROGRAMS: readonly Program[] = [
  ...COMMON,
  ...VENDORS.filter(({ name }) => !COMMON.some((program) => program.name === name)),
  ...ALONE,
  PEER,
]

function nameOf(folder: string): string {
  return `@valetkey/${folder.replace('stores/', 'store-').replace(/^.*\//, '')}`
}

function all(folder: string): string {
  return `export * from ${entryOf(folder)}`
}

function one(folder: string, name: string): string {
  return `export { ${name} } from ${entryOf(folder)}`
}

function entryOf(folder: string, entry = 'index'): string {
  return JSON.stringify(join(PACKAGES, folder, `dist/${entry}.js`))
}

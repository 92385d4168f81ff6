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
  /** It cannot be bundled for browsers. */
  readonly isForNode?: boolean
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
export const ALONE: readonly Program[] = globSync(
  ['core', 'oauth2', 'mcp', 'otel', 'sign-in', '{clients,stores,vendors}/*'],
  {
    cwd: PACKAGES,
  },
)
  .map((folder) => ({ name: nameOf(folder), source: all(folder), isAlone: true }) as const)
  .toSorted((a, b) => a.name.localeCompare(b.name))

/** Another library, and what a program has to do beside it. */
export interface Peer extends Program {
  /** Who refreshes a token that has expired. */
  readonly refreshes: string
  /** Who sends a request again whose token was refused. */
  readonly replays: string
  /** How many refreshes ten processes with one account make. */
  readonly coordinates: string
}

const BY_PROGRAM = { refreshes: 'your code', replays: 'your code', coordinates: 'your code' }

export const PEERS: readonly Peer[] = [
  {
    name: '@badgateway/oauth2-client',
    source: `export { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'`,
    refreshes: 'the library',
    replays: 'the library',
    coordinates: 'one process only',
  },
  {
    name: 'openid-client',
    source: `export { clientCredentialsGrant, Configuration, fetchProtectedResource, refreshTokenGrant } from 'openid-client'`,
    ...BY_PROGRAM,
  },
  { name: 'arctic', source: `export { OAuth2Client } from 'arctic'`, ...BY_PROGRAM },
  {
    name: 'google-auth-library',
    source: `export { OAuth2Client } from 'google-auth-library'`,
    isForNode: true,
    refreshes: 'the library',
    replays: 'the library',
    coordinates: 'one process only',
  },
]

export const PROGRAMS: readonly Program[] = [
  ...COMMON,
  ...VENDORS.filter(({ name }) => !COMMON.some((program) => program.name === name)),
  ...ALONE,
  ...PEERS,
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

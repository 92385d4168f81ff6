import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../boundaries/workspace.ts'

/** What one program tests on each of its Nodes. */
export interface Program {
  /** A file of `entries`. */
  readonly entry: 'axios' | 'fetch' | 'ky'
  /** One client of the entry. @default all */
  readonly only?: string | undefined
  /** The release that stands for a library everywhere in the program. */
  readonly alias?: { readonly library: string; readonly folder: string } | undefined
  readonly nodes: readonly string[]
}

const CLIENTS = join(root, 'packages/clients')
const RUNTIMES = join(root, 'test/workspace/runtimes')

const NODES = ['20', '22', '24']
/** What ky 2 and undici 8 ask for. */
const NEWER_NODES = ['22', '24']

const RELEASES = ['axios-1.7', 'axios-1.12', 'axios-1.18', 'axios']

export const PROGRAMS: readonly Program[] = [
  { entry: 'fetch', nodes: NODES },
  {
    entry: 'fetch',
    only: 'fetch of undici',
    alias: { library: 'undici', folder: join(RUNTIMES, 'node_modules/undici') },
    nodes: NEWER_NODES,
  },
  { entry: 'ky', only: 'ky 1', nodes: NODES },
  { entry: 'ky', only: 'ky 2', nodes: NEWER_NODES },
  ...RELEASES.map(
    (release): Program => ({
      entry: 'axios',
      alias: { library: 'axios', folder: join(CLIENTS, 'axios/node_modules', release) },
      nodes: NODES,
    }),
  ),
]

export function nodeBinary(major: string): string {
  return join(RUNTIMES, `node_modules/node${major}/bin/node`)
}

/** Which Nodes these are. */
export function nodeVersions(): string {
  const [first, second, third] = NODES.map((major) => pinnedVersion(`node${major}`))
  return `Node is ${first}, ${second} and ${third}.`
}

const LIBRARIES: Readonly<Record<string, string>> = {
  undici: 'fetch/node_modules/undici',
  'ky 1': 'ky/node_modules/ky-1',
  'ky 2': 'ky/node_modules/ky',
  axios: 'axios/node_modules/axios',
}

/** The name of a client with the version of its library, e.g. `ky 1.14.3` for `ky 1`. */
export function labelOf(client: string, alias?: Program['alias']): string {
  const name = Object.keys(LIBRARIES).find((library) => client.includes(library))
  if (name === undefined) return client
  const folder = alias?.folder ?? join(CLIENTS, LIBRARIES[name] ?? '')
  const version = folder.startsWith(RUNTIMES) ? pinnedVersion(name) : installedVersion(folder)
  return client.replace(name, `${name.split(' ')[0]} ${version}`)
}

function installedVersion(folder: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return version
}

/** The runtimes need not be installed for this. */
function pinnedVersion(name: string): string {
  const manifest = readFileSync(join(RUNTIMES, 'package.json'), 'utf8')
  const { devDependencies }: { devDependencies: Readonly<Record<string, string>> } = JSON.parse(manifest)
  return devDependencies[name]?.split('@').at(-1) ?? ''
}

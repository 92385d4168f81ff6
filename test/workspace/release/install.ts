import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { root } from '../boundaries/workspace.ts'
import { run } from '../packed/run.ts'

const RUNTIMES = join(root, 'test/workspace/runtimes/node_modules')
const tools = createRequire(join(RUNTIMES, '../package.json'))

/** How each package manager installs packages into an empty folder. */
const INSTALLERS = {
  npm: (names: readonly string[]) => ['npm', 'install', '--no-audit', '--no-fund', ...names],
  pnpm: (names: readonly string[]) => ['pnpm', 'add', '--ignore-workspace', ...names],
  yarn: (names: readonly string[]) => [process.execPath, tools.resolve('yarn/bin/yarn.js'), 'add', ...names],
  bun: (names: readonly string[]) => [join(RUNTIMES, '.bin/bun'), 'add', ...names],
} as const

export type Installer = keyof typeof INSTALLERS
export const installers: readonly Installer[] = ['npm', 'pnpm', 'yarn', 'bun']

export interface Project {
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
}

/** An empty project of somebody with an empty home, into which the packages were installed from the registry. */
export async function install(
  installer: Installer,
  names: readonly string[],
  options: { readonly folder: string; readonly registry: string },
): Promise<Project> {
  const { folder, registry } = options
  const env = await emptyHome(`${folder}-home`, registry)
  await cp(join(import.meta.dirname, 'project'), folder, { recursive: true })
  await cp(join(import.meta.dirname, '../packed/smoke'), folder, { recursive: true })
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'newcomer', version: '1.0.0', private: true, type: 'module' }),
  )
  const [program = '', ...args] = INSTALLERS[installer](names)
  await run(program, args, { cwd: folder, env })
  return { folder, env }
}

/** An environment in which every package manager asks the registry only, and none finds settings or caches of this machine. */
export async function emptyHome(home: string, registry: string): Promise<NodeJS.ProcessEnv> {
  await mkdir(home, { recursive: true })
  const { host } = new URL(registry)
  // npm publishes to nobody without a name; the registry takes any.
  await writeFile(join(home, '.npmrc'), `registry=${registry}\n//${host}/:_authToken=anybody\n`)
  const kept = Object.entries(process.env).filter(([name]) => !/^p?npm_|^(XDG_|BUN_|YARN_)/i.test(name))
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    BUN_CONFIG_REGISTRY: registry,
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    YARN_NODE_LINKER: 'node-modules',
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    YARN_ENABLE_TELEMETRY: 'false',
    // What was published a second ago is what is to be tried.
    YARN_NPM_MINIMAL_AGE_GATE: '0',
  }
}

/** Names of all packages below `node_modules`, however the package manager lays them out. */
export async function installedPackages(folder: string): Promise<string[]> {
  const names = new Set<string>()
  const entries = await readdir(join(folder, 'node_modules'), { recursive: true })
  for (const entry of entries) {
    const name = /(?:^|node_modules\/)((?:@[^/]+\/)?[^@./][^/]*)\/package\.json$/.exec(entry)?.[1]
    if (name !== undefined) names.add(name)
  }
  return [...names].toSorted()
}

export async function installScripts(folder: string): Promise<string[]> {
  const manifests = (await readdir(join(folder, 'node_modules'), { recursive: true })).filter((path) =>
    /(?:^|node_modules\/)(?:@[^/]+\/)?[^@./][^/]*\/package\.json$/.test(path),
  )
  const scripts = manifests.map(async (path) => {
    const manifest: { scripts?: Record<string, string> } = JSON.parse(
      await readFile(join(folder, 'node_modules', path), 'utf8'),
    )
    const names = Object.keys(manifest.scripts ?? {})
    return names
      .filter((name) => ['preinstall', 'install', 'postinstall'].includes(name))
      .map((name) => `${path} ${name}`)
  })
  return (await Promise.all(scripts)).flat()
}

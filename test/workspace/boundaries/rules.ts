import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { isUser, layerOf } from './layers.ts'
import type { SourceFile } from './source-file.ts'
import { type DependencyKind, placeOf, type WorkspacePackage } from './workspace.ts'

export interface Rule {
  /** A sentence that holds for the whole workspace. */
  readonly name: string
  /** One sentence per place where it does not hold. */
  violations(workspace: readonly WorkspacePackage[]): string[]
}

interface Reference {
  readonly pkg: WorkspacePackage
  /** Where it stands: a file of the repository, or a member of its package.json. */
  readonly place: string
  /** The package that is named: `@scope/name`, `name` or `node:name`. */
  readonly target: string
}

const RUNTIME_KINDS: readonly DependencyKind[] = ['dependencies', 'peerDependencies', 'optionalDependencies']
const ALL_KINDS: readonly DependencyKind[] = [...RUNTIME_KINDS, 'devDependencies']

export const RULES: readonly Rule[] = [
  {
    name: 'every package has a row in the table of layers',
    violations: (workspace) =>
      workspace
        .filter(({ folder }) => layerOf(folder) === undefined && !isUser(folder))
        .map(({ folder }) => `${folder} has no row in layers.ts`),
  },
  {
    name: 'a package imports and depends on what its row of the table names, and nothing else',
    violations: (workspace) =>
      workspace.flatMap((pkg) => {
        const mayImport = layerOf(pkg.folder)?.mayImport
        if (mayImport === undefined) return []
        const isAllowed = (target: string): boolean =>
          target === pkg.manifest.name || mayImport.includes(target) || isBuiltin(target)
        return shipped(pkg)
          .filter(({ target }) => !isAllowed(target))
          .map(describe)
      }),
  },
  {
    name: 'core imports no other package of ours',
    violations: forbid('packages/core', (target) => target !== undefined),
  },
  {
    name: 'a vendor imports no other vendor, no client and no store',
    violations: forbid('packages/vendors/', isIn('packages/vendors/', 'packages/clients/', 'packages/stores/')),
  },
  {
    name: 'a store imports no vendor',
    violations: forbid('packages/stores/', isIn('packages/vendors/')),
  },
  {
    name: 'a client imports no vendor',
    violations: forbid('packages/clients/', isIn('packages/vendors/')),
  },
  {
    name: 'nothing imports an app, not even a test',
    violations: (workspace) => {
      const apps = new Set(
        workspace.filter(({ folder }) => folder.startsWith('apps/')).map(({ manifest }) => manifest.name),
      )
      return workspace
        .flatMap(everything)
        .filter(({ pkg, target }) => apps.has(target) && target !== pkg.manifest.name)
        .map(describe)
    },
  },
  {
    name: 'nothing reaches past a package’s entry points',
    violations: (workspace) => workspace.flatMap((pkg) => filesWith(pkg, (file) => pastEntryPoints(workspace, file))),
  },
  {
    name: 'no relative import leaves its package',
    violations: (workspace) => workspace.flatMap((pkg) => filesWith(pkg, outsidePackage)),
  },
  {
    name: 'core, oauth2, clients, vendors, stores but the file store, and the contract suites use no Node built-in',
    violations: (workspace) =>
      workspace.flatMap((pkg) => {
        const layer = layerOf(pkg.folder)
        if (layer === undefined || layer.node === 'everywhere') return []
        const below = layer.node?.below
        const isWeb = (file: SourceFile): boolean => below === undefined || !file.path.startsWith(below)
        return sources(pkg)
          .filter(isWeb)
          .flatMap((file) => file.imports.filter(isBuiltin).map((name) => `${placeOf(pkg, file)} imports ${name}`))
      }),
  },
  {
    name: 'only the CLI and apps read environment variables',
    violations: (workspace) =>
      workspace
        .filter(({ folder }) => !isUser(folder))
        .flatMap((pkg) =>
          sources(pkg)
            .filter((file) => file.readsEnvironment)
            .map((file) => placeOf(pkg, file)),
        ),
  },
  {
    name: 'what a package imports is a dependency or a peer dependency of it, in what is not published also a development dependency',
    violations: (workspace) =>
      workspace.flatMap((pkg) => {
        const kinds = pkg.manifest.private === true ? ALL_KINDS : RUNTIME_KINDS
        const declared = new Set(dependencies(pkg, kinds).map(({ target }) => target))
        return imports(pkg, sources(pkg))
          .filter(({ target }) => !isBuiltin(target) && target !== pkg.manifest.name && !declared.has(target))
          .map(describe)
      }),
  },
  {
    name: 'packages that exchange objects with core have it as a peer dependency',
    violations: (workspace) =>
      workspace
        .filter(({ folder, manifest }) => !isUser(folder) && manifest.name !== '@valetkey/core')
        .filter((pkg) => imports(pkg, sources(pkg)).some(({ target }) => target === '@valetkey/core'))
        .filter(({ manifest }) => !isOnlyPeer(manifest.peerDependencies, manifest.dependencies))
        .map(({ folder }) => `${folder}/package.json`),
  },
  {
    name: 'an entry point is an explicit list of named exports',
    violations: (workspace) =>
      workspace
        .filter(({ folder }) => !isUser(folder))
        .flatMap((pkg) =>
          sources(pkg)
            .filter((file) => file.exportsEverything || file.hasDefaultExport)
            .map((file) => `${placeOf(pkg, file)} has \`export *\` or a default export`),
        ),
  },
  {
    name: 'every import names its module literally, so that these rules can read it',
    violations: (workspace) =>
      workspace
        .filter(({ folder }) => !isUser(folder))
        .flatMap((pkg) =>
          sources(pkg)
            .filter((file) => file.unreadable > 0)
            .map((file) => placeOf(pkg, file)),
        ),
  },
  {
    name: 'no imports of the command line or of an app lead in a circle',
    violations: (workspace) =>
      workspace
        .filter(({ folder }) => folder === 'packages/cli' || folder.startsWith('apps/'))
        .flatMap((pkg) => circles(sources(pkg)).map((circle) => `${pkg.folder}: ${circle.join(' → ')}`)),
  },
]

/** No package below `folder` may ship a reference to a package of ours for whose folder `isForbidden` holds. */
function forbid(folder: string, isForbidden: (target: string | undefined) => boolean): Rule['violations'] {
  return (workspace) => {
    const folders = new Map(workspace.map((pkg) => [pkg.manifest.name, pkg.folder]))
    const inFolder = workspace.filter((pkg) => pkg.folder.startsWith(folder))
    return inFolder
      .flatMap(shipped)
      .filter(({ pkg, target }) => target !== pkg.manifest.name && isForbidden(folders.get(target)))
      .map(describe)
  }
}

function isIn(...folders: readonly string[]): (target: string | undefined) => boolean {
  return (target) => folders.some((folder) => target?.startsWith(folder) === true)
}

/** What reaches the users of a package: imports of its sources and the dependencies that are installed with it. */
function shipped(pkg: WorkspacePackage): Reference[] {
  return [...imports(pkg, sources(pkg)), ...dependencies(pkg, RUNTIME_KINDS)]
}

function everything(pkg: WorkspacePackage): Reference[] {
  return [...imports(pkg, pkg.files), ...dependencies(pkg, ALL_KINDS)]
}

function sources(pkg: WorkspacePackage): readonly SourceFile[] {
  return pkg.files.filter(({ path }) => path.startsWith('src/'))
}

function imports(pkg: WorkspacePackage, files: readonly SourceFile[]): Reference[] {
  return files.flatMap((file) =>
    file.imports
      .filter((specifier) => !specifier.startsWith('.'))
      .map((specifier) => ({ pkg, place: placeOf(pkg, file), target: packageNameOf(specifier) })),
  )
}

function dependencies(pkg: WorkspacePackage, kinds: readonly DependencyKind[]): Reference[] {
  return kinds.flatMap((kind) =>
    Object.keys(pkg.manifest[kind] ?? {}).map((target) => ({
      pkg,
      place: `${pkg.folder}/package.json ${kind}`,
      target,
    })),
  )
}

function filesWith(pkg: WorkspacePackage, bad: (file: SourceFile) => readonly string[]): string[] {
  return pkg.files.flatMap((file) => bad(file).map((specifier) => `${placeOf(pkg, file)} imports ${specifier}`))
}

function pastEntryPoints(workspace: readonly WorkspacePackage[], file: SourceFile): string[] {
  return file.imports.filter((specifier) => {
    const target = workspace.find(({ manifest }) => manifest.name === packageNameOf(specifier))
    if (target === undefined) return false
    const entry = `.${specifier.slice(target.manifest.name.length)}`
    return !Object.hasOwn(target.manifest.exports ?? {}, entry)
  })
}

function outsidePackage(file: SourceFile): string[] {
  const folder = posix.dirname(file.path)
  return file.imports.filter((specifier) => specifier.startsWith('.') && posix.join(folder, specifier).startsWith('..'))
}

/** The shortest circle through each file, told once: by the file whose path sorts first. */
function circles(files: readonly SourceFile[]): string[][] {
  const imported = new Map(files.map(({ path, imports: all }) => [path, all.map((to) => posix.join(path, '..', to))]))
  return [...imported.keys()].flatMap((start) => {
    const routes = (imported.get(start) ?? []).map((to) => [start, to])
    const seen = new Set<string>()
    for (const route of routes) {
      const [at = ''] = route.slice(-1)
      if (at === start) return route.every((path) => path >= start) ? [route] : []
      if (seen.has(at)) continue
      seen.add(at)
      routes.push(...(imported.get(at) ?? []).map((to) => [...route, to]))
    }
    return []
  })
}

function isOnlyPeer(
  peers: Readonly<Record<string, string>> = {},
  direct: Readonly<Record<string, string>> = {},
): boolean {
  return Object.hasOwn(peers, '@valetkey/core') && !Object.hasOwn(direct, '@valetkey/core')
}

function packageNameOf(specifier: string): string {
  if (isBuiltin(specifier)) return specifier
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

function describe({ place, target }: Reference): string {
  return `${place}: ${target}`
}

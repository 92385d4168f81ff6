import { readWorkspace, type WorkspacePackage } from '../boundaries/workspace.ts'

/** Packages of one kind, which the picture shows as one box. */
export interface Kind {
  /** `vendors`, or the name of the package that is alone. */
  readonly name: string
  readonly packages: readonly PublicPackage[]
  /** Names of the kinds that these packages import. */
  readonly imports: readonly string[]
}

export interface PublicPackage {
  readonly name: string
  readonly folder: string
  readonly description: string
  /** Names of our packages that its sources import. */
  readonly imports: readonly string[]
  /** Folders directly below `src`. */
  readonly rooms: readonly string[]
}

/** The published packages, as their sources import each other. */
export function publicPackages(): PublicPackage[] {
  const workspace = readWorkspace().filter(
    ({ folder, manifest }) => folder.startsWith('packages/') && manifest.private !== true,
  )
  const names = workspace.map(({ manifest }) => manifest.name)
  return workspace.map(({ folder, manifest, files }) => {
    const sources = files.filter(({ path }) => path.startsWith('src/'))
    const specifiers = sources.flatMap((file) => file.imports)
    return {
      name: manifest.name,
      folder,
      description: manifest.description ?? '',
      imports: names.filter((name) => name !== manifest.name && specifiers.some((each) => isOf(name, each))).toSorted(),
      rooms: roomsOf(sources),
    }
  })
}

export function kindsOf(packages: readonly PublicPackage[]): Kind[] {
  const kindOf = new Map(packages.map(({ name, folder }) => [name, kindName(folder, name)]))
  return [...new Set(kindOf.values())].map((name) => {
    const members = packages.filter((each) => kindOf.get(each.name) === name)
    const imported = new Set(members.flatMap((each) => each.imports.flatMap((target) => kindOf.get(target) ?? [])))
    return { name, packages: members, imports: [...imported].filter((target) => target !== name) }
  })
}

function kindName(folder: string, name: string): string {
  const [, kind, leaf] = folder.split('/')
  return leaf === undefined || kind === undefined ? name : kind
}

function isOf(name: string, specifier: string): boolean {
  return specifier === name || specifier.startsWith(`${name}/`)
}

function roomsOf(sources: WorkspacePackage['files']): string[] {
  return [...new Set(sources.flatMap(({ path }) => /^src\/([^/]+)\//.exec(path)?.[1] ?? []))].toSorted()
}

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSourceFile, type SourceFile } from './source-file.ts'

export type DependencyKind = 'dependencies' | 'peerDependencies' | 'optionalDependencies' | 'devDependencies'

/** The members of a package.json that the rules look at. */
export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly description?: string
  readonly exports?: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

export interface WorkspacePackage {
  /** Relative to the root, e.g. `packages/vendors/flume`. */
  readonly folder: string
  readonly manifest: Manifest
  readonly files: readonly SourceFile[]
}

export const root: string = join(import.meta.dirname, '../../..')

const FOLDERS = ['packages/*', 'packages/*/*', 'apps/*', 'bench', 'chaos']
const SOURCES = '**/*.{ts,tsx,mts,cts,js,mjs,cjs}'
const exclude = ['**/node_modules/**', '**/dist/**']

/** The folders of the workspace's packages and apps. */
export function packageFolders(): string[] {
  return FOLDERS.flatMap((folder) => globSync(`${folder}/package.json`, { cwd: root, exclude }))
    .map((file) => file.replace(/\/package\.json$/, ''))
    .toSorted()
}

export function readWorkspace(): WorkspacePackage[] {
  return packageFolders().map((folder) => {
    const at = join(root, folder)
    const files = globSync(SOURCES, { cwd: at, exclude }).map(
      (path) => [path, readFileSync(join(at, path), 'utf8')] as const,
    )
    const manifest: Manifest = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'))
    return workspacePackage(folder, manifest, Object.fromEntries(files))
  })
}

/** A package of these files; `files` maps the path inside the package to the source text. */
export function workspacePackage(
  folder: string,
  manifest: Manifest,
  files: Readonly<Record<string, string>>,
): WorkspacePackage {
  return { folder, manifest, files: Object.entries(files).map(([path, text]) => parseSourceFile(path, text)) }
}

/** `path` inside the package as a path inside the repository. */
export function placeOf(pkg: WorkspacePackage, file: SourceFile): string {
  return `${pkg.folder}/${file.path}`
}

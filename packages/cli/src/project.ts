import { join } from 'node:path'
import { usageError } from './cli-error.ts'
import { type Config, configFile, parseConfig } from './config.ts'
import type { CommandIo } from './io.ts'
import type { Output } from './output.ts'
import { type Contents, contentsOfFile, contentsOfFolder, type FolderPackage } from './trust/contents.ts'
import { trustOf } from './trust/trust.ts'
import { ownRoots, readManifest, rootsAbove } from './vendors/find-packages.ts'

/** The settings and packages that a command may use: of the current folder none, until a person has allowed them. */
export interface Project {
  /** The real path of the current folder. */
  readonly folder: string
  readonly config: Config
  /** The `node_modules` folders in which packages are looked for, those of the command line itself first. */
  readonly roots: readonly string[]
  /** The packages of the folder that were allowed with it, by where they are. */
  readonly allowed: ReadonlySet<string>
  /** What is not used, and how to allow it. */
  readonly ignored: string | undefined
}

export interface ProjectRequest {
  /** `--config`. */
  readonly named: string | undefined
  /** The client library that the store needs. */
  readonly library: string | undefined
}

/**
 * Says in one line what of the folder is not used.
 * @throws CliError `usage` for a file of `--config` that was not allowed, or for a configuration that is wrong
 */
export async function openProject(io: CommandIo, output: Output, { named, library }: ProjectRequest): Promise<Project> {
  const contents = contentsOfFolder(io.cwd)
  const own = ownRoots()
  const { path: folder } = contents
  const given = named === undefined ? contents.config : await allowedFile(io, named)
  const found = [
    ...(named === undefined && given !== undefined ? ['valetkey.config.json'] : []),
    ...contents.packages.filter((candidate) => isNeeded(candidate, own, library)).map(({ name }) => name),
  ]
  const trust = found.length === 0 ? undefined : await trustOf(io, contents)
  const isAllowed = trust === 'trusted'
  const config =
    given !== undefined && (isAllowed || named !== undefined) ? parseConfig(given.file, given.text) : NO_CONFIG
  if (trust === undefined || isAllowed) {
    const allowed = new Set(isAllowed ? contents.packages.map((found) => found.folder) : [])
    return { folder, config, roots: isAllowed ? [...own, ...rootsAbove(folder)] : own, allowed, ignored: undefined }
  }
  const why = trust === 'changed' ? 'has changed since it was trusted' : 'is not trusted'
  const ignored = `Ignored: ${[...new Set(found)].join(', ')}. ${folder} ${why}; look at it, then allow it with: valetkey trust`
  output.note(ignored)
  return { folder, config, roots: own, allowed: new Set(), ignored }
}

const NO_CONFIG: Config = { vendors: {} }

/** What the command line has itself is not taken from a folder, and a store's library only where one is needed. */
function isNeeded({ name, manifest }: FolderPackage, own: readonly string[], library: string | undefined): boolean {
  const isKnown = name === library || Object.hasOwn(manifest, 'valetkey')
  return isKnown && !own.some((root) => readManifest(join(root, name)) !== undefined)
}

async function allowedFile(io: CommandIo, named: string): Promise<Contents['config']> {
  const contents = contentsOfFile(configFile(io, named))
  const trust = await trustOf(io, contents)
  if (trust === 'trusted') return contents.config
  const why = trust === 'changed' ? 'has changed since it was trusted' : 'is not trusted'
  throw usageError(`${contents.path} ${why}; look at it, then allow it with: valetkey trust --config ${named}`)
}

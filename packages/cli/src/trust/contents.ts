import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { usageError } from '../cli-error.ts'
import { configFile, readConfigFile } from '../config.ts'
import { isThere } from '../home.ts'
import { isObject, type JsonObject, member, parseObject, readTextFile } from '../json.ts'
import { candidatesIn, isPackageName, readManifest, rootsAbove } from '../vendors/find-packages.ts'

/** What a person allows, and what has to be allowed again when it changes. */
export interface Contents {
  /** The real path of a folder, or of a configuration file that `--config` names. */
  readonly path: string
  readonly isFolder: boolean
  /** `undefined`: the folder has none. */
  readonly config: { readonly file: string; readonly text: string } | undefined
  /** The packages of vendors and stores in the folder's `node_modules` and in those above it. */
  readonly packages: readonly FolderPackage[]
  readonly digest: string
}

export interface FolderPackage {
  readonly name: string
  readonly folder: string
  readonly manifest: JsonObject
}

const STORE_LIBRARIES = ['pg', 'redis']

/** Runs none of it. @throws CliError `usage` for a folder that is not there */
export function contentsOfFolder(path: string): Contents {
  const folder = realPathOf(path)
  const config = defaultConfig(folder)
  const packages = packagesAbove(folder, config?.text)
  const parts = packages.map((found) => [found.folder, realpathSync(found.folder), found.manifest])
  return {
    path: folder,
    isFolder: true,
    config,
    packages,
    digest: digestOf([config?.text ?? null, parts]),
  }
}

/** @throws CliError `usage` for a file that cannot be read */
export function contentsOfFile(file: string): Contents {
  const text = readConfigFile(file)
  return { path: realPathOf(file), isFolder: false, config: { file, text }, packages: [], digest: digestOf(text) }
}

/** An unreadable one counts as empty, without settings: only a user who allows it gets an error. */
function defaultConfig(folder: string): Contents['config'] {
  const file = configFile({ cwd: folder }, undefined)
  if (!isThere(file)) return undefined
  try {
    return { file, text: readTextFile(file) }
  } catch {
    return { file, text: '' }
  }
}

function packagesAbove(folder: string, config: string | undefined): FolderPackage[] {
  const roots = rootsAbove(folder)
  const named = [...packageNamesIn(config), ...STORE_LIBRARIES]
  const folders = new Set(roots.flatMap((root) => named.map((name) => join(root, name))))
  const read = (found: string, isVendor: boolean): FolderPackage[] => {
    const manifest = readManifest(found)
    const name = member(manifest, 'name')
    if (manifest === undefined || typeof name !== 'string') return []
    return isVendor && !Object.hasOwn(manifest, 'valetkey') ? [] : [{ name, folder: found, manifest }]
  }
  const vendors = roots.flatMap(candidatesIn).filter((found) => !folders.has(found))
  return [...[...folders].flatMap((found) => read(found, false)), ...vendors.flatMap((found) => read(found, true))]
}

/** The packages that a configuration names. */
function packageNamesIn(config: string | undefined): string[] {
  const vendors = member(parseObject(config ?? ''), 'vendors')
  const names = Object.values(isObject(vendors) ? vendors : {}).map((vendor) => member(vendor, 'package'))
  return names.filter((name) => typeof name === 'string').filter(isPackageName)
}

function digestOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex')
}

function realPathOf(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    throw usageError(`${path}: is not there`)
  }
}

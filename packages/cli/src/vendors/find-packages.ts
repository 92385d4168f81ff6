import { readdirSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { usageError } from '../cli-error.ts'
import { isObject, type JsonObject, parseObject, readTextFile } from '../json.ts'
import { parseVendorDescription, type VendorDescription, vendorNameOf } from './description.ts'

/** An installed package whose package.json describes a vendor. */
export interface VendorPackage {
  readonly name: string
  readonly folder: string
  readonly description: VendorDescription
}

/** A vendor's name and a package's, so that neither leads out of `node_modules`. */
const VENDOR_NAME = /^[a-z0-9][a-z0-9-]*$/
const PACKAGE_NAME = /^(@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*$/

/**
 * The `node_modules` folders of the command line's own installation: up to the outermost that it is in, and none above,
 * which may be untrusted. Where a package manager links packages, the program is also looked at where it was started.
 */
export function ownRoots(): string[] {
  const here = installationRoots(import.meta.dirname)
  const started = installationRoots(dirname(resolve(process.argv[1] ?? '')))
  return [...new Set([...(here ?? rootsAbove(import.meta.dirname)), ...(started ?? [])])]
}

/** `undefined` for a folder that is in no `node_modules`. */
function installationRoots(folder: string): string[] | undefined {
  const roots = rootsAbove(folder)
  const outermost = roots.findLastIndex((root) => isInside(root, folder))
  return outermost === -1 ? undefined : roots.slice(0, outermost + 1)
}

/** Whether a package in a folder is of the command line's own installation. */
export function isOwn(folder: string): boolean {
  const scope = dirname(folder)
  return ownRoots().some((root) => root === scope || root === dirname(scope))
}

/** Whether `path` is `folder` or in it; both absolute. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return folder !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** The `node_modules` folders of a folder and of all above it. */
export function rootsAbove(folder: string): string[] {
  const parent = dirname(folder)
  const here = join(folder, 'node_modules')
  return parent === folder ? [here] : [here, ...rootsAbove(parent)]
}

/** The names that the package of a vendor may have. @throws CliError `usage` unless it is a vendor's name */
export function packageNamesOf(vendor: string): string[] {
  if (!isVendorName(vendor)) throw usageError(`"${vendor}" is not a vendor's name`)
  return [`@valetkey/${vendor}`, `valetkey-${vendor}`]
}

/** Shells complete such names, and would run what some others say. */
export function isVendorName(name: string): boolean {
  return VENDOR_NAME.test(name)
}

export function isPackageName(name: string): boolean {
  return PACKAGE_NAME.test(name)
}

/** The first of `names` that is installed. @throws CliError `usage` when its description is wrong */
export function findPackage(roots: readonly string[], names: readonly string[]): VendorPackage | undefined {
  for (const root of roots) {
    for (const name of names) {
      if (!isPackageName(name)) throw usageError(`"${name}" is not a package's name`)
      const found = readPackage(join(root, name))
      if (found !== undefined) return found
    }
  }
  return undefined
}

/** The package in a folder; `undefined` when there is none, or it describes no vendor. */
export function readPackage(folder: string): VendorPackage | undefined {
  const manifest = readManifest(folder)
  const { name, valetkey } = manifest ?? {}
  if (typeof name !== 'string' || valetkey === undefined) return undefined
  return { name, folder, description: parseVendorDescription(name, valetkey) }
}

/** Every vendor that is installed in `roots` under a usual name, by the vendor's name; the first of a name counts. */
export function listPackages(roots: readonly string[]): Map<string, VendorPackage> {
  const found = new Map<string, VendorPackage>()
  for (const folder of roots.flatMap(candidatesIn)) {
    const vendorPackage = readPackage(folder)
    if (vendorPackage === undefined || vendorPackage.name === '@valetkey/oauth2') continue
    const vendor = vendorNameOf(vendorPackage.name)
    if (isVendorName(vendor) && !found.has(vendor)) found.set(vendor, vendorPackage)
  }
  return found
}

/** The folders of the packages with a vendor's usual name. */
export function candidatesIn(root: string): string[] {
  const scoped = namesIn(join(root, '@valetkey')).map((name) => join(root, '@valetkey', name))
  const plain = namesIn(root).filter((name) => name.startsWith('valetkey-'))
  return [...scoped, ...plain.map((name) => join(root, name))]
}

/** What a folder holds, sorted; nothing where it cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch {
    return []
  }
}

export function readManifest(folder: string): JsonObject | undefined {
  try {
    const manifest = parseObject(readTextFile(join(folder, 'package.json')))
    return isObject(manifest) ? manifest : undefined
  } catch {
    return undefined
  }
}

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { usageError } from '../cli-error.ts'
import { isObject, type JsonObject, parseObject } from '../json.ts'
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
 * The `node_modules` folders in which packages are looked for: first those of the command line itself, so that a folder
 * that one happens to stand in cannot replace a vendor that is installed with it, then those of `cwd`.
 */
export function packageRoots(cwd: string): string[] {
  return [...new Set([...ownRoots(), ...rootsAbove(cwd)])]
}

export function ownRoots(): string[] {
  const started = process.argv[1]
  return [import.meta.dirname, ...(started === undefined ? [] : [dirname(resolve(started))])].flatMap(rootsAbove)
}

function rootsAbove(folder: string): string[] {
  const parent = dirname(folder)
  const here = join(folder, 'node_modules')
  return parent === folder ? [here] : [here, ...rootsAbove(parent)]
}

/** The names that the package of a vendor may have. @throws CliError `usage` for what is no vendor's name */
export function packageNamesOf(vendor: string): string[] {
  if (!VENDOR_NAME.test(vendor)) throw usageError(`"${vendor}" is no vendor's name`)
  return [`@valetkey/${vendor}`, `valetkey-${vendor}`]
}

/** The first of `names` that is installed. @throws CliError `usage` when its description is wrong */
export function findPackage(roots: readonly string[], names: readonly string[]): VendorPackage | undefined {
  for (const root of roots) {
    for (const name of names) {
      if (!PACKAGE_NAME.test(name)) throw usageError(`"${name}" is no package's name`)
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
    if (!found.has(vendor)) found.set(vendor, vendorPackage)
  }
  return found
}

function candidatesIn(root: string): string[] {
  const scoped = namesIn(join(root, '@valetkey')).map((name) => join(root, '@valetkey', name))
  const plain = namesIn(root).filter((name) => name.startsWith('valetkey-'))
  return [...scoped, ...plain.map((name) => join(root, name))]
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch {
    return []
  }
}

export function readManifest(folder: string): JsonObject | undefined {
  try {
    const manifest = parseObject(readFileSync(join(folder, 'package.json'), 'utf8'))
    return isObject(manifest) ? manifest : undefined
  } catch {
    return undefined
  }
}

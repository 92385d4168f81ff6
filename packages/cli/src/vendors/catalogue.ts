import { join } from 'node:path'
import { namesIn, ownRoots, readManifest, type VendorPackage } from './find-packages.ts'
import { importPackage } from './load-factory.ts'
import { describeModule } from './module-description.ts'

/** The package with a module for each of many vendors, installed with the command line. */
const CATALOGUE = '@valetkey/vendors'

/** `@valetkey/vendors/github` of `github`. */
export function moduleNameOf(vendor: string): string {
  return `${CATALOGUE}/${vendor}`
}

/** The vendors that have a module. None is run. */
export function listModules(): string[] {
  const folder = catalogueFolder()
  return folder === undefined ? [] : modulesIn(folder)
}

/** The module of a vendor, which is run to be described; `undefined` when there is none. */
export async function findModule(vendor: string): Promise<VendorPackage | undefined> {
  const folder = catalogueFolder()
  if (folder === undefined || !modulesIn(folder).includes(vendor)) return undefined
  const name = moduleNameOf(vendor)
  return { name, folder, description: describeModule(name, await importPackage(name, folder)) }
}

function catalogueFolder(): string | undefined {
  const folders = ownRoots().map((root) => join(root, CATALOGUE))
  return folders.find((folder) => readManifest(folder) !== undefined)
}

/** By its sources, which are published too: its build has further files next to the modules. */
function modulesIn(folder: string): string[] {
  const files = namesIn(join(folder, 'src')).filter((file) => file.endsWith('.ts'))
  return files.map((file) => file.slice(0, -'.ts'.length))
}

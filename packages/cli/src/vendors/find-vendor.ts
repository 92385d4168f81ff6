import { usageError } from '../cli-error.ts'
import type { Project } from '../project.ts'
import { findModule, listModules } from './catalogue.ts'
import { findPackage, isOwn, listPackages, packageNamesOf, type VendorPackage } from './find-packages.ts'
import { nearNames } from './near-names.ts'

/** A vendor as it is named on the command line, and the package that knows it. */
export interface Vendor extends VendorPackage {
  readonly vendor: string
}

/**
 * The package that the configuration names, else the vendor's own package, else its module in the catalogue.
 * @throws CliError `usage` when there is none
 */
export async function findVendor(vendor: string, project: Project): Promise<Vendor> {
  const { config, roots, allowed, folder } = project
  const named = config.vendors[vendor]?.package
  const names = named === undefined ? packageNamesOf(vendor) : [named]
  const found = findPackage(roots, names)
  if (found !== undefined && (isOwn(found.folder) || allowed.has(found.folder))) return { ...found, vendor }
  if (found !== undefined) {
    throw usageError(`"${found.name}" was not allowed with ${folder}; name it in the valetkey.config.json there`)
  }
  const module = named === undefined ? await findModule(vendor) : undefined
  if (module !== undefined) return { ...module, vendor }
  const near = named === undefined ? nearNames(vendor, [...listVendors(project).keys()]) : []
  throw usageError(
    `no package for "${vendor}" is installed next to valetkey, or in a folder that you have allowed${
      near.length === 0 ? `: npm install ${names[0]}` : `; did you mean ${near.join(' or ')}?`
    }`,
    'Any vendor that follows the standards works through @valetkey/oauth2: see "vendors" in docs/cli.md',
  )
}

/** Those of the catalogue, of installed packages and of the configuration, by name; no module is run before it is asked for. */
export function listVendors(project: Project): ReadonlyMap<string, () => Promise<Vendor>> {
  const { config, roots } = project
  const find = (vendor: string) => [vendor, () => findVendor(vendor, project)] as const
  const installed = [...listPackages(roots)].map(
    ([vendor, found]) => [vendor, async () => ({ ...found, vendor })] as const,
  )
  // The later of a name counts.
  const found = new Map([...listModules().map(find), ...installed, ...Object.keys(config.vendors).map(find)])
  return new Map([...found].toSorted(([a], [b]) => a.localeCompare(b)))
}

import { usageError } from '../cli-error.ts'
import type { Project } from '../project.ts'
import { findPackage, isOwn, listPackages, packageNamesOf, type VendorPackage } from './find-packages.ts'

/** A vendor as it is named on the command line, and the package that knows it. */
export interface Vendor extends VendorPackage {
  readonly vendor: string
}

/** @throws CliError `usage` when no package for it is installed */
export function findVendor(vendor: string, { config, roots, allowed, folder }: Project): Vendor {
  const named = config.vendors[vendor]?.package
  const names = named === undefined ? packageNamesOf(vendor) : [named]
  const found = findPackage(roots, names)
  if (found !== undefined && (isOwn(found.folder) || allowed.has(found.folder))) return { ...found, vendor }
  if (found !== undefined) {
    throw usageError(`"${found.name}" was not allowed with ${folder}; name it in the valetkey.config.json there`)
  }
  throw usageError(
    `no package for "${vendor}" is installed beside valetkey, or in a folder that you have allowed: npm install ${names[0]}`,
    'Any vendor that follows the standards works through @valetkey/oauth2: see "vendors" in docs/cli.md',
  )
}

/** The vendors that are installed, and those of the configuration. */
export function listVendors(project: Project): Vendor[] {
  const { config, roots } = project
  const installed = [...listPackages(roots)].map(([vendor, found]) => ({ ...found, vendor }))
  const configured = Object.keys(config.vendors).map((vendor) => findVendor(vendor, project))
  const others = installed.filter(({ vendor }) => config.vendors[vendor] === undefined)
  return [...configured, ...others].toSorted((a, b) => a.vendor.localeCompare(b.vendor))
}

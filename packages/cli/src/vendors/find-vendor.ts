import { usageError } from '../cli-error.ts'
import type { Config } from '../config.ts'
import { findPackage, listPackages, packageNamesOf, packageRoots, type VendorPackage } from './find-packages.ts'

/** A vendor as it is named on the command line, and the package that knows it. */
export interface Vendor extends VendorPackage {
  readonly vendor: string
}

/** @throws CliError `usage` when no package for it is installed */
export function findVendor(vendor: string, config: Config, cwd: string): Vendor {
  const named = config.vendors[vendor]?.package
  const names = named === undefined ? packageNamesOf(vendor) : [named]
  const found = findPackage(packageRoots(cwd), names)
  if (found !== undefined) return { ...found, vendor }
  throw usageError(
    `no package for "${vendor}" is installed here or beside valetkey: npm install ${names[0]}\n` +
      'Any vendor that follows the standards works through @valetkey/oauth2: see "vendors" in docs/cli.md',
  )
}

/** The vendors that are installed, and those of the configuration. */
export function listVendors(config: Config, cwd: string): Vendor[] {
  const installed = [...listPackages(packageRoots(cwd))].map(([vendor, found]) => ({ ...found, vendor }))
  const configured = Object.keys(config.vendors).map((vendor) => findVendor(vendor, config, cwd))
  const others = installed.filter(({ vendor }) => config.vendors[vendor] === undefined)
  return [...configured, ...others].toSorted((a, b) => a.vendor.localeCompare(b.vendor))
}

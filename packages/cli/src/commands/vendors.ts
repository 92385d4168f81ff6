import { columns } from '../columns.ts'
import type { Run } from '../command.ts'
import { isPlainName } from '../plain-name.ts'
import { openProject } from '../project.ts'
import type { OptionDescription } from '../vendors/description.ts'
import { isVendorName } from '../vendors/find-packages.ts'
import { findVendor, listVendors, type Vendor } from '../vendors/find-vendor.ts'
import { variableOf } from '../vendors/variables.ts'

export const run: Run = async ({ io, output, values, flags, positionals: [name] }) => {
  const project = await openProject(io, output, { named: values.config, library: undefined })
  if (name !== undefined) {
    const vendor = await findVendor(name, project)
    if (flags.names) {
      const grants = Object.keys(vendor.description.grants).filter(isPlainName)
      output.result({ vendor: name, grants }, ...grants)
      return undefined
    }
    output.result({ vendors: [describe(vendor)] }, ...linesOf(vendor))
    return undefined
  }
  const listed = listVendors(project)
  if (flags.names) {
    const names = [...listed.keys()].filter(isVendorName)
    output.result({ vendors: names.map((vendor) => ({ vendor })) }, ...names)
    return undefined
  }
  const vendors = await Promise.all([...listed.values()].map((find) => find()))
  const rows = vendors.map(({ vendor, description: { title, grants } }) => [
    vendor,
    title,
    Object.keys(grants).join(', '),
  ])
  output.result({ vendors: vendors.map(describe) }, ...columns([['VENDOR', 'NAME', 'WAYS TO SIGN IN'], ...rows]))
  output.note('The variables of one: valetkey vendors <vendor>')
  return undefined
}

function describe({ vendor, name, description }: Vendor): object {
  const { title, grants, options } = description
  const optionOf = (required: boolean) => (option: string) => ({
    name: option,
    required,
    variable: variableOf(vendor, option),
    ...options[option],
  })
  const described = Object.entries(grants).map(([grant, { required, optional }]): [string, object[]] => [
    grant,
    [...required.map(optionOf(true)), ...optional.map(optionOf(false))],
  ])
  return { vendor, title, package: name, grants: Object.fromEntries(described) }
}

function linesOf({ vendor, name, description }: Vendor): string[] {
  const { title, grants, options } = description
  const lineOf = (option: string, ...more: readonly string[]): string => {
    const { choices, about } = options[option] ?? {}
    const notes = [choices?.join(' or '), about, ...more].filter((note) => note !== undefined).join('; ')
    return `    ${variableOf(vendor, option)}${notes === '' ? '' : `  ${notes}`}`
  }
  const lines = Object.entries(grants).flatMap(([grant, { required, optional }]) => [
    `  ${grant}`,
    ...required.filter((option) => option !== 'redirectUri').map((option) => lineOf(option)),
    ...optional.filter((option) => isOwnOption(options[option])).map((option) => lineOf(option, 'optional')),
  ])
  return [`${title} (${name})`, ...lines]
}

/** Those that all vendors have are in the manual. */
function isOwnOption({ about, choices, secret = false }: Partial<OptionDescription> = {}): boolean {
  return secret || about !== undefined || choices !== undefined
}

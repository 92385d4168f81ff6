import type { Run } from '../commands.ts'
import { readConfig } from '../config.ts'
import type { GrantDescription, OptionDescription } from '../vendors/description.ts'
import { listVendors, type Vendor } from '../vendors/find-vendor.ts'
import { variableOf } from '../vendors/variables.ts'

export const run: Run = async ({ io, output, values, flags }) => {
  const vendors = listVendors(readConfig(io, values.config), io.cwd)
  output.result(
    { vendors: vendors.map(describe) },
    vendors.map(flags.names ? nameOf : textOf).join(flags.names ? '\n' : '\n\n'),
  )
  if (vendors.length === 0)
    output.note('No vendor is installed here or beside valetkey: npm install @valetkey/<vendor>')
  return undefined
}

function describe({ vendor, name, description }: Vendor): object {
  const { grants, options } = description
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
  return { vendor, package: name, grants: Object.fromEntries(described) }
}

function nameOf({ vendor }: Vendor): string {
  return vendor
}

function textOf({ vendor, name, description }: Vendor): string {
  const { grants, options } = description
  const lines = Object.entries(grants).flatMap(([grant, names]) => [
    `  ${grant}`,
    ...requiredLines(vendor, names, options),
  ])
  return [`${vendor} (${name})`, ...lines].join('\n')
}

function requiredLines(
  vendor: string,
  { required }: GrantDescription,
  options: Readonly<Record<string, OptionDescription>>,
): string[] {
  return required
    .filter((option) => option !== 'redirectUri')
    .map((option) => {
      const about = options[option]?.about
      return `    ${variableOf(vendor, option)}${about === undefined ? '' : `  ${about}`}`
    })
}

import type { Run } from '../commands.ts'
import { openProject } from '../project.ts'
import type { GrantDescription, OptionDescription } from '../vendors/description.ts'
import { listVendors, type Vendor } from '../vendors/find-vendor.ts'
import { variableOf } from '../vendors/variables.ts'

export const run: Run = async ({ io, output, values, flags }) => {
  const vendors = listVendors(await openProject(io, output, { named: values.config, library: undefined }))
  const lines = flags.names ? vendors.map(({ vendor }) => vendor) : vendors.flatMap(linesOf)
  output.result({ vendors: vendors.map(describe) }, ...lines)
  if (vendors.length === 0)
    output.note('No vendor is installed beside valetkey: npm install --global @valetkey/<vendor>')
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

function linesOf({ vendor, name, description }: Vendor, index: number): string[] {
  const { grants, options } = description
  const lines = Object.entries(grants).flatMap(([grant, names]) => [
    `  ${grant}`,
    ...requiredLines(vendor, names, options),
  ])
  return [...(index === 0 ? [] : ['']), `${vendor} (${name})`, ...lines]
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

import { usageError } from '../cli-error.ts'
import type { Config } from '../config.ts'
import type { Io } from '../io.ts'
import { isPairs, isTexts } from '../json.ts'
import type { GrantDescription, OptionDescription, VendorDescription } from './description.ts'
import { variableOf } from './variables.ts'

export type OptionValue = string | boolean | readonly string[] | Readonly<Record<string, string>>
export type OptionValues = Readonly<Record<string, OptionValue>>

/** What the environment says about the options of a vendor. @throws CliError `usage` */
export function optionsOfEnvironment(vendor: string, { options }: VendorDescription, env: Io['env']): OptionValues {
  return definedOptions(options, (name, option) => {
    const variable = variableOf(vendor, name)
    const text = env[variable]
    return text === undefined || text === '' ? undefined : parseText(variable, text, option)
  })
}

/** What the configuration file says about them. @throws CliError `usage`, also for a secret in the file */
export function optionsOfConfig(vendor: string, { options }: VendorDescription, config: Config): OptionValues {
  const given = config.vendors[vendor]?.options ?? {}
  const place = (name: string) => `${config.file}: "vendors.${vendor}.${name}"`
  for (const name of Object.keys(given)) {
    const option = options[name]
    if (option === undefined) throw usageError(`${place(name)} is none of ${Object.keys(options).join(', ')}`)
    if (option.secret) {
      throw usageError(
        `${place(name)} is a secret: remove it, and set ${variableOf(vendor, name)} or let "valetkey login" ask`,
      )
    }
  }
  return definedOptions(options, (name, option) =>
    given[name] === undefined ? undefined : checkValue(place(name), given[name], option),
  )
}

/** The required options that are not among `values`; the redirect URI is set by the command line. */
export function missingOptions({ required }: GrantDescription, values: OptionValues): string[] {
  return required.filter((name) => name !== 'redirectUri' && !Object.hasOwn(values, name))
}

/** The values that a grant has a use for. */
export function optionsOfGrant({ required, optional }: GrantDescription, values: OptionValues): OptionValues {
  const names = new Set([...required, ...optional])
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)))
}

function definedOptions(
  options: VendorDescription['options'],
  read: (name: string, option: OptionDescription) => OptionValue | undefined,
): OptionValues {
  const entries = Object.entries(options).map(([name, option]) => [name, read(name, option)] as const)
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

function parseText(place: string, text: string, option: OptionDescription): OptionValue {
  if (option.type === 'list') return text.split(/[\s,]+/).filter((item) => item !== '')
  if (option.type === 'pairs') return Object.fromEntries(new URLSearchParams(text))
  if (option.type === 'text') return checkValue(place, text, option)
  if (text !== 'true' && text !== 'false') throw usageError(`${place} must be "true" or "false"`)
  return text === 'true'
}

function checkValue(place: string, value: unknown, { type, choices }: OptionDescription): OptionValue {
  if (type === 'flag' && typeof value === 'boolean') return value
  if (type === 'list' && isTexts(value)) return value
  if (type === 'pairs' && isPairs(value)) return value
  const isText = type === 'text' && typeof value === 'string' && value !== ''
  if (isText && (choices === undefined || choices.includes(value))) return value
  if (choices !== undefined) throw usageError(`${place} must be one of ${choices.join(', ')}`)
  const kind = {
    flag: 'true or false',
    list: 'a list of texts',
    pairs: 'an object of texts',
    text: 'a non-empty string',
  }[type]
  throw usageError(`${place} must be ${kind}`)
}

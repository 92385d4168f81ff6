import { parseArgs } from 'node:util'
import { usageError } from './cli-error.ts'
import type { Command, Invocation } from './command.ts'
import { COMMON_OPTIONS, OPTIONS, type Option, type OptionName } from './options.ts'

export type Parsed = Pick<Invocation, 'positionals' | 'flags' | 'values' | 'lists'>

/** @throws CliError `usage` */
export function parseArguments(command: Command, args: readonly string[]): Parsed {
  const names = [...command.options, ...COMMON_OPTIONS]
  const options = Object.fromEntries(names.map((name) => [name, parserOption(OPTIONS[name])]))
  const { values, positionals } = parse(command, { args: [...args], options, allowPositionals: true })
  const parsed = { flags: {}, values: {}, lists: {} } satisfies Partial<Parsed>
  const groups = { flag: parsed.flags, value: parsed.values, list: parsed.lists }
  for (const [name, value] of Object.entries(values)) Object.assign(groups[kindOf(name)], { [name]: value })
  if (values.account === '') throw usageError('--account needs a name; leave it out for the account "default"')
  if (!('help' in parsed.flags)) checkPositionals(command, positionals)
  return { ...parsed, positionals }
}

function parse(command: Command, config: Parameters<typeof parseArgs>[0]): ReturnType<typeof parseArgs> {
  try {
    return parseArgs(config)
  } catch (error) {
    const [problem = ''] = error instanceof Error ? error.message.split(/\.\s/) : []
    throw usageError(`${problem}; see: valetkey ${command.name} --help`)
  }
}

function parserOption({ kind, short }: Option): { type: 'boolean' | 'string'; multiple: boolean; short?: string } {
  const type = kind === 'flag' ? 'boolean' : 'string'
  return { type, multiple: kind === 'list', ...(short !== undefined && { short }) }
}

function kindOf(name: string): Option['kind'] {
  return OPTIONS[name as OptionName].kind
}

function checkPositionals({ name, positionals: wanted }: Command, given: readonly string[]): void {
  const missing = wanted[given.length]
  if (missing?.startsWith('<')) throw usageError(`${missing} is missing: valetkey ${name} ${wanted.join(' ')}`)
  if (given.length > wanted.length)
    throw usageError(`"${given[wanted.length]}" is too much; see: valetkey ${name} --help`)
}

import { columns } from './columns.ts'
import type { Command } from './command.ts'
import { COMMANDS } from './commands.ts'
import { COMMON_OPTIONS, OPTIONS, type Option } from './options.ts'

export function overview(): string {
  const rows = COMMANDS.map(({ name, positionals, summary }) => [`  ${[name, ...positionals].join(' ')}`, summary])
  return [
    'Usage: valetkey <command> [options]',
    '',
    ...columns(rows),
    '',
    'valetkey <command> --help shows the options of a command, valetkey --version the version.',
    'Manual: https://github.com/valetkey/valetkey/blob/main/docs/cli.md',
  ].join('\n')
}

export function helpOf({ name, positionals, summary, options }: Command): string {
  const rows = [...options, ...COMMON_OPTIONS].map((option) => [
    flagOf(option, OPTIONS[option]),
    OPTIONS[option].summary,
  ])
  return [`Usage: ${['valetkey', name, ...positionals].join(' ')} [options]`, '', summary, '', ...columns(rows)].join(
    '\n',
  )
}

function flagOf(name: string, { short, value }: Option): string {
  const before = short === undefined ? '    ' : `-${short}, `
  return `  ${before}--${name}${value === undefined ? '' : ` ${value}`}`
}

import { COMMANDS } from './commands.ts'
import { COMMON_OPTIONS, OPTIONS, type Option, type OptionName } from './options.ts'

export type Shell = 'bash' | 'zsh' | 'fish'

const SHELLS: Readonly<Record<Shell, () => string>> = { bash, zsh, fish }

export function isShell(name: string): name is Shell {
  return Object.hasOwn(SHELLS, name)
}

/** A script for the shell's start-up file that completes commands, options and vendors. */
export function completionScript(shell: Shell): string {
  return SHELLS[shell]()
}

/** The names of the vendors, as a shell command. */
const VENDORS = 'valetkey vendors --names 2>/dev/null'
const TAKES_VENDOR = COMMANDS.filter(({ positionals }) => positionals.some((name) => name.includes('vendor')))
const NAMES = COMMANDS.map(({ name }) => name).join(' ')

function optionsOf(command: string): OptionName[] {
  const own = COMMANDS.find(({ name }) => name === command)?.options ?? []
  return [...own, ...COMMON_OPTIONS]
}

function bash(): string {
  const cases = COMMANDS.map(({ name }) => {
    const words = `${optionsOf(name)
      .map((option) => `--${option}`)
      .join(' ')}`
    const vendors = TAKES_VENDOR.some((command) => command.name === name) ? ` $(${VENDORS})` : ''
    const shells = name === 'completion' ? ' bash zsh fish' : ''
    return `    ${name}) words="${words}${shells}${vendors}" ;;`
  })
  return `_valetkey() {
  local words current="\${COMP_WORDS[COMP_CWORD]}"
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="${NAMES} --help --version" ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="${NAMES} --help --version"
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _valetkey valetkey
`
}

/** zsh runs bash's completions. */
function zsh(): string {
  return `(( $+functions[compdef] )) || { autoload -U +X compinit && compinit; }
autoload -U +X bashcompinit && bashcompinit
${bash()}`
}

function fish(): string {
  const commands = COMMANDS.map(
    ({ name, summary }) => `complete -c valetkey -f -n __fish_use_subcommand -a ${name} -d '${summary}'`,
  )
  const options = COMMANDS.flatMap(({ name }) =>
    optionsOf(name).map(
      (option) => `complete -c valetkey -n '__fish_seen_subcommand_from ${name}' ${fishOption(option)}`,
    ),
  )
  const vendors = TAKES_VENDOR.map(
    ({ name }) => `complete -c valetkey -f -n '__fish_seen_subcommand_from ${name}' -a "(${VENDORS})"`,
  )
  const shells = `complete -c valetkey -f -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'`
  return `${[...commands, ...options, ...vendors, shells].join('\n')}\n`
}

function fishOption(name: OptionName): string {
  const { kind, short, summary }: Option = OPTIONS[name]
  return `-l ${name}${short === undefined ? '' : ` -s ${short}`}${kind === 'flag' ? '' : ' -r'} -d '${summary.replaceAll("'", '’')}'`
}

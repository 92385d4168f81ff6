import type { Command } from './command.ts'
import { COMMANDS } from './commands.ts'
import { COMMON_OPTIONS, OPTIONS, type Option, type OptionName } from './options.ts'

export type Shell = 'bash' | 'zsh' | 'fish'

const SHELLS: Readonly<Record<Shell, () => string>> = { bash, zsh, fish }

export function isShell(name: string): name is Shell {
  return Object.hasOwn(SHELLS, name)
}

/** A script for the shell's start-up file that completes commands, options and vendors, and accounts and grants of a vendor. */
export function completionScript(shell: Shell): string {
  return SHELLS[shell]()
}

/**
 * Names that a shell offers, by the option whose value they are. `$vendor` is the vendor on the command line. The commands
 * print only names that need no quoting.
 */
const VALUES = {
  vendor: 'valetkey vendors --names 2>/dev/null',
  grant: '[ -n "$vendor" ] && valetkey vendors "$vendor" --names 2>/dev/null',
  account: 'valetkey status $vendor --names 2>/dev/null',
} as const satisfies Partial<Record<OptionName, string>>

const VENDORS = VALUES.vendor
const NAMES = COMMANDS.map(({ name }) => name).join(' ')

function takesVendor({ positionals }: Command): boolean {
  return positionals.some((name) => name.includes('vendor'))
}

function optionsOf({ options }: Command): OptionName[] {
  return [...options, ...COMMON_OPTIONS]
}

/** `--data` and `-d`: the argument after them is not a vendor. */
const OPTIONS_WITH_VALUE: readonly string[] = Object.entries<Option>(OPTIONS)
  .filter(([, { kind }]) => kind !== 'flag')
  .flatMap(([name, { short }]) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])])

function bash(): string {
  const cases = COMMANDS.map((command) => {
    const { name } = command
    const options = optionsOf(command).map((option) => `--${option}`)
    const vendors = takesVendor(command) ? ` $(${VENDORS})` : ''
    const shells = name === 'completion' ? ' bash zsh fish' : ''
    return `    ${name}) words="${options.join(' ')}${shells}${vendors}" ;;`
  })
  const values = Object.entries(VALUES).map(([option, names]) => `    --${option}) words="$(${names})" ;;`)
  return `_valetkey_vendor() {
  local word before='' index
  for ((index = 2; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "$before" in
      --vendor) printf '%s' "$word"; return ;;
      ${OPTIONS_WITH_VALUE.filter((option) => option !== '--vendor').join('|')}) ;;
      *)
        case "$word" in
          -*) ;;
          *) case "\${COMP_WORDS[1]}" in ${COMMANDS.filter(takesVendor)
            .map(({ name }) => name)
            .join('|')}) printf '%s' "$word"; return ;; esac ;;
        esac ;;
    esac
    before="$word"
  done
}
_valetkey() {
  local words vendor current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="${NAMES} --help --version" ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="${NAMES} --help --version"
  [ "$COMP_CWORD" -gt 2 ] && vendor="$(_valetkey_vendor)"
  case "$before" in
${values.join('\n')}
  esac
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
  const options = COMMANDS.flatMap((command) =>
    optionsOf(command).map(
      (option) => `complete -c valetkey -n '__fish_seen_subcommand_from ${command.name}' ${fishOption(option)}`,
    ),
  )
  const vendors = COMMANDS.filter(takesVendor).map(
    ({ name }) => `complete -c valetkey -f -n '__fish_seen_subcommand_from ${name}' -a "(${VENDORS})"`,
  )
  const shells = `complete -c valetkey -f -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'`
  return `function __valetkey_vendor
    set -l words (commandline -opc)
    set -l before ''
    test (count $words) -gt 2; or return
    for word in $words[3..-1]
        if test "$before" = --vendor
            echo $word
            return
        else if not contains -- "$before" ${OPTIONS_WITH_VALUE.join(' ')}; and not string match -q -- '-*' $word
            if contains -- $words[2] ${COMMANDS.filter(takesVendor)
              .map(({ name }) => name)
              .join(' ')}
                echo $word
                return
            end
        end
        set before $word
    end
end
function __valetkey_grants
    set -l vendor (__valetkey_vendor)
    ${VALUES.grant.replace('[ -n "$vendor" ] && ', 'test -n "$vendor"; and ')}
end
function __valetkey_accounts
    set -l vendor (__valetkey_vendor)
    ${VALUES.account}
end
${[...commands, ...options, ...vendors, shells].join('\n')}
`
}

const FISH_VALUES: Partial<Record<OptionName, string>> = {
  vendor: `(${VALUES.vendor})`,
  grant: '(__valetkey_grants)',
  account: '(__valetkey_accounts)',
}

function fishOption(name: OptionName): string {
  const { kind, short, summary }: Option = OPTIONS[name]
  const values = FISH_VALUES[name] === undefined ? '' : ` -f -a '${FISH_VALUES[name]}'`
  return `-l ${name}${short === undefined ? '' : ` -s ${short}`}${kind === 'flag' ? '' : ' -r'}${values} -d '${summary.replaceAll("'", '’')}'`
}

import { variablesOf } from '../accounts.ts'
import { usageError } from '../cli-error.ts'
import type { CommandIo } from '../io.ts'
import type { Output } from '../output.ts'
import type { Vendor } from '../vendors/find-vendor.ts'
import { missingOptions, type OptionValues } from '../vendors/settings.ts'
import { ask, type Question } from './prompt.ts'

/**
 * `given`, and the other options that the grant needs, as the user types them in.
 * @throws CliError `usage` when there is no terminal, or a required option is left empty
 */
export async function askOptions(
  io: CommandIo,
  output: Output,
  vendor: Vendor,
  grant: string,
  given: OptionValues,
): Promise<OptionValues> {
  const { required = [], optional = [] } = vendor.description.grants[grant] ?? {}
  const missing = missingOptions({ required, optional }, given)
  if (io.stdin.isTTY !== true) {
    if (missing.length === 0) return given
    throw usageError(`no terminal to ask at; set ${variablesOf(vendor, missing)}, or run this in a terminal`)
  }
  const secrets = optional.filter((name) => vendor.description.options[name]?.secret && !Object.hasOwn(given, name))
  const answers: Record<string, string> = {}
  for (const name of [...missing, ...secrets]) {
    const answer = await ask(io, output, questionOf(vendor, name, missing.includes(name)))
    if (answer !== '') answers[name] = answer
    else if (missing.includes(name)) throw usageError(`"${name}" is required`)
  }
  return { ...given, ...answers }
}

function questionOf({ vendor, description }: Vendor, name: string, isRequired: boolean): Question {
  const { about, secret = false, choices } = description.options[name] ?? {}
  const notes = [choices?.join(' or '), about, isRequired ? '' : 'empty for none', secret ? 'not shown' : '']
  const details = notes.filter(Boolean).join('; ')
  return { text: `${vendor} ${wordsOf(name)}${details === '' ? '' : ` (${details})`}`, secret }
}

/** `client secret` for `clientSecret`. */
function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

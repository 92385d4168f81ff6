import { variablesOf } from '../accounts.ts'
import { usageError } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import type { Vendor } from '../vendors/find-vendor.ts'
import { missingOptions, type OptionValues } from '../vendors/settings.ts'
import { ask } from './prompt.ts'

/**
 * `given`, and what the grant needs beside it, as the person at the terminal types it in.
 * @throws CliError `usage` when nobody is there to be asked
 */
export async function askOptions(io: Io, vendor: Vendor, grant: string, given: OptionValues): Promise<OptionValues> {
  const description = vendor.description.grants[grant]
  const missing = description === undefined ? [] : missingOptions(description, given)
  if (missing.length === 0) return given
  if (io.stdin.isTTY !== true) {
    throw usageError(`no terminal to ask at; set ${variablesOf(vendor, missing)}, or run this in a terminal`)
  }
  const answers: Record<string, string> = {}
  for (const name of missing) answers[name] = await askOption(io, vendor, name)
  return { ...given, ...answers }
}

async function askOption(io: Io, { vendor, description }: Vendor, name: string): Promise<string> {
  const { about, secret = false, choices } = description.options[name] ?? {}
  const details = [choices?.join(' or '), about, secret ? 'not shown' : undefined].filter((text) => text !== undefined)
  const answer = await ask(io, {
    text: `${vendor} ${wordsOf(name)}${details.length > 0 ? ` (${details.join('; ')})` : ''}`,
    secret,
  })
  if (answer === '') throw usageError(`"${name}" is required`)
  return answer
}

/** `client secret` for `clientSecret`. */
function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

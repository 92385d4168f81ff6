import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT } from '../cli-error.ts'
import type { Invocation, Run } from '../command.ts'
import { configFile } from '../config.ts'
import { dataFolder } from '../home.ts'
import { namesGrant } from '../vendors/variables.ts'

export const run: Run = async (invocation) => {
  if (isUntouched(invocation)) return reportNobody(invocation)
  const { showStatus } = await import('./status-table.ts')
  return await showStatus(invocation, reportNobody)
}

/** Whether there can be no account: then nothing has to be opened. */
function isUntouched({ io, values }: Invocation): boolean {
  const isTold = values.store ?? values.config ?? io.env.VALETKEY_STORE
  if (isTold || namesGrant(io.env)) return false
  return !existsSync(configFile(io, undefined)) && !existsSync(join(dataFolder(io), 'keys'))
}

/** @returns the exit code: who asks for one vendor learns that a sign-in is needed */
function reportNobody({ output, positionals }: Invocation): number {
  output.result({ accounts: [] })
  output.note('No user has signed in. Begin with: valetkey login <vendor>')
  return positionals.length === 0 ? EXIT.ok : EXIT.signInNeeded
}

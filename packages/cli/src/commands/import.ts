import type { CredentialStatus } from '@valetkey/core'
import { type Account, DEFAULT_ACCOUNT, settingsOf, withCredential } from '../accounts.ts'
import { usageError } from '../cli-error.ts'
import type { Run } from '../command.ts'
import { duration } from '../duration.ts'
import type { Output } from '../output.ts'
import { withSession } from '../session.ts'
import { chooseGrant, connectionBefore, keepConnection } from '../sign-in/connection.ts'
import { readTokenJson } from '../token-json.ts'
import { isImporting, isTokenCredential } from '../vendors/credential-kind.ts'
import { findVendor } from '../vendors/find-vendor.ts'

export const run: Run = (invocation) =>
  withSession(invocation, async (session) => {
    const { io, output, project } = session
    const vendor = await findVendor(invocation.positionals[0] ?? '', project)
    const { account: name = DEFAULT_ACCOUNT } = invocation.values
    if (project.config.file !== undefined) output.note(`Settings: ${project.config.file}`)
    const before = await connectionBefore(session, vendor, name)
    const grant = chooseGrant(invocation, session, vendor, before)
    const options = { ...before?.options, ...settingsOf(session, vendor) }
    const account = { vendor, account: name, grant, options }
    const { tokens, further } = await readTokenJson(io, vendor.vendor, Date.now())
    // Begun first: where it cannot be, the tokens would be in memory only.
    await session.local()
    const { imported, status } = await withCredential(account, await session.tokens(), io, async (credential) => {
      if (!isTokenCredential(credential)) throw usageError(`${vendor.vendor}: ${grant} has no tokens to import`)
      if (!isImporting(credential)) throw usageError(`${vendor.name} is too old to import tokens: update it`)
      const { imported } = await credential.importTokens(tokens)
      return { imported, status: await credential.status() }
    })
    await keepConnection(session, account)
    if (further.length > 0) output.note(`Kept with the tokens: ${further.join(', ')}`)
    report(output, account, imported, status)
    return undefined
  })

function report(
  output: Output,
  { vendor: { vendor }, account, grant }: Account,
  imported: boolean,
  status: CredentialStatus,
): void {
  const name = account === DEFAULT_ACCOUNT ? vendor : `${vendor} (${account})`
  const text = imported
    ? `Imported the tokens of ${name}. ${useOf(status)}`
    : `These tokens of ${name} were imported before. What was obtained with them since is kept.`
  output.result({ vendor, account, grant, imported, ...status }, text)
}

function useOf(status: CredentialStatus): string {
  if (status.state !== 'ready') return 'The first use refreshes them.'
  const { expiresAt, renewable } = status
  const end = expiresAt === undefined ? 'until the API refuses it' : `for ${duration(expiresAt - Date.now())}`
  return `The token is good ${end} and ${renewable ? 'renewed when it is used later.' : 'cannot be renewed: then sign in again.'}`
}

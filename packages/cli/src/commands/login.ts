import type { CredentialStatus } from '@valetkey/core'
import { type Account, DEFAULT_ACCOUNT, settingsOf } from '../accounts.ts'
import type { Invocation, Run } from '../commands.ts'
import type { Connection } from '../connections.ts'
import { duration } from '../duration.ts'
import { type Session, withSession } from '../session.ts'
import { chooseGrant, connectionBefore, keepConnection } from '../sign-in/connection.ts'
import { stagedStore } from '../stores/staged-store.ts'
import { findVendor, type Vendor } from '../vendors/find-vendor.ts'
import type { OptionValues } from '../vendors/settings.ts'

export const run: Run = (invocation) =>
  withSession(invocation, async (session) => {
    const { io, output, project } = session
    const vendor = await findVendor(invocation.positionals[0] ?? '', project)
    if (project.config.file !== undefined) output.note(`Settings: ${project.config.file}`)
    const before = await connectionBefore(session, vendor, invocation.values.account)
    const grant = chooseGrant(invocation, session, vendor, before)
    const given = { ...openOptions(vendor, before), ...settingsOf(session, vendor), ...argumentsOf(invocation) }
    const { askOptions, signIn } = await import('../sign-in/sign-in.ts')
    const options = await askOptions(io, output, vendor, grant, given)
    const account = { vendor, account: invocation.values.account ?? DEFAULT_ACCOUNT, grant, options }
    await session.local()
    const tokens = await session.tokens()
    // Better now than after the person has signed in.
    await tokens.get(ANY_KEY)
    const staged = stagedStore(tokens)
    const status = await signIn(account, staged, { io, output, browser: invocation.values.browser })
    // A sign-in that ends before this leaves no trace.
    await staged.commit()
    await keepConnection(session, account)
    report(session, account, status)
    return undefined
  })

const ANY_KEY = '["vkcli1-login"]'

/** What was given at the sign-in before. Secrets are asked for anew: they may be why somebody signs in again. */
function openOptions({ description }: Vendor, before: Connection | undefined): OptionValues {
  const options = Object.entries(before?.options ?? {})
  return Object.fromEntries(options.filter(([name]) => description.options[name]?.secret === false))
}

function argumentsOf({ values, lists }: Invocation): OptionValues {
  const redirectUri = values['redirect-uri']
  return {
    ...(lists.scope !== undefined && { scopes: lists.scope }),
    ...(redirectUri !== undefined && { redirectUri }),
  }
}

function report({ output }: Session, { vendor, account, grant }: Account, status: CredentialStatus | undefined): void {
  const result = { vendor: vendor.vendor, account, grant, ...status }
  const name = account === DEFAULT_ACCOUNT ? vendor.vendor : `${vendor.vendor} (${account})`
  if (status?.state !== 'ready') return output.result(result, `Signed in to ${name}.`)
  const { expiresAt, scopes, renewable } = status
  const left = expiresAt === undefined ? '' : ` The token is good for ${duration(expiresAt - Date.now())}`
  const renewal = renewable ? ' and renewed when it is used later.' : ' and cannot be renewed: then sign in again.'
  const granted = scopes === undefined ? '' : ` Scopes: ${scopes.join(' ')}.`
  output.result(result, `Signed in to ${name}.${left}${left === '' ? '' : renewal}${granted}`)
}

import type { CredentialStatus } from '@valetkey/core'
import { type Account, DEFAULT_ACCOUNT, settingsOf, tokenKeysOf } from '../accounts.ts'
import type { Invocation, Run } from '../command.ts'
import type { Connection } from '../connections.ts'
import { duration } from '../duration.ts'
import { type Session, withSession } from '../session.ts'
import { chooseGrant, connectionBefore, keepConnection } from '../sign-in/connection.ts'
import { put, stagedStore } from '../stores/staged-store.ts'
import { findVendor, type Vendor } from '../vendors/find-vendor.ts'
import type { OptionValues } from '../vendors/settings.ts'

export const run: Run = (invocation) =>
  withSession(invocation, async (session) => {
    const { io, output, project } = session
    const vendor = await findVendor(invocation.positionals[0] ?? '', project)
    if (project.config.file !== undefined) output.note(`Settings: ${project.config.file}`)
    const before = await connectionBefore(session, vendor, invocation.values.account)
    const grant = chooseGrant(invocation, session, vendor, before)
    const known = before === undefined ? {} : openOptions(vendor, before, invocation.flags.again === true)
    const given = { ...known, ...settingsOf(session, vendor), ...argumentsOf(invocation) }
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
    if (before !== undefined) await removeTokensBefore(session, before, account)
    report(session, account, status)
    return undefined
  })

const ANY_KEY = '["vkcli1-login"]'

/**
 * The options of the previous sign-in. Secrets are asked for again: they may be why the user signs in again.
 * @param isAgain whether these are all options that the grant requires, with the usual scopes; addresses stay
 */
function openOptions({ description }: Vendor, { grant, options }: Connection, isAgain: boolean): OptionValues {
  const asked = isAgain ? [...(description.grants[grant]?.required ?? []), 'scopes'] : []
  const isTaken = (name: string): boolean => description.options[name]?.secret === false && !asked.includes(name)
  return Object.fromEntries(Object.entries(options).filter(([name]) => isTaken(name)))
}

/** Tokens under other ids, which would not be found any more. In a shared store a server may still use them. */
async function removeTokensBefore(session: Session, before: Connection, account: Account): Promise<void> {
  if (session.address !== undefined) return
  const { store } = await session.local()
  const { options: described } = account.vendor.description
  // Not kept with the account before, and no part of a key.
  const secrets = Object.entries(account.options).filter(([name]) => described[name]?.secret)
  const options = { ...Object.fromEntries(secrets), ...before.options }
  const old = await tokenKeysOf({ ...account, grant: before.grant, options })
  const current = await tokenKeysOf(account)
  for (const key of old) if (!current.includes(key)) await put(store, key, '{"v":1}', { retainMs: 0 })
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
  const left = expiresAt === undefined ? '' : ` The token is valid for ${duration(expiresAt - Date.now())}`
  const renewal = renewable ? ' and renewed when it is used later.' : ' and cannot be renewed: then sign in again.'
  const granted = scopes === undefined ? '' : ` Scopes: ${scopes.join(' ')}.`
  output.result(result, `Signed in to ${name}.${left}${left === '' ? '' : renewal}${granted}`)
}

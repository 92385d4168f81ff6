import type { CredentialStatus } from '@valetkey/core'
import { type Account, chosenGrant, DEFAULT_ACCOUNT, labelOf, settingsOf } from '../accounts.ts'
import { usageError } from '../cli-error.ts'
import type { Invocation, Run } from '../commands.ts'
import { type Connection, readConnection, writeConnection } from '../connections.ts'
import { duration } from '../duration.ts'
import { type Session, withSession } from '../session.ts'
import { stagedStore } from '../stores/staged-store.ts'
import { camelCase } from '../vendors/camel-case.ts'
import { findVendor, type Vendor } from '../vendors/find-vendor.ts'
import { type OptionValues, optionsOfEnvironment } from '../vendors/settings.ts'

export const run: Run = (invocation) =>
  withSession(invocation, async (session) => {
    const { io, output, config } = session
    const vendor = findVendor(invocation.positionals[0] ?? '', config, io.cwd)
    if (config.file !== undefined) output.note(`Settings: ${config.file}`)
    const before = await connectionBefore(session, vendor, invocation.values.account)
    const grant = chooseGrant(invocation, session, vendor, before)
    const given = { ...openOptions(vendor, before), ...settingsOf(session, vendor), ...argumentsOf(invocation) }
    const { askOptions, signIn } = await import('../sign-in/sign-in.ts')
    const options = await askOptions(io, vendor, grant, given)
    const account = { vendor, account: invocation.values.account ?? DEFAULT_ACCOUNT, grant, options }
    const { store: connections, place } = await session.local()
    const tokens = await session.tokens()
    // Better now than after the person has signed in.
    await tokens.get(ANY_KEY)
    const staged = stagedStore(tokens)
    const status = await signIn(account, staged, { io, output, browser: invocation.values.browser })
    // A sign-in that ends before this leaves no trace.
    await staged.commit()
    await writeConnection(connections, connectionOf(session, account))
    if (place === 'file') output.note(KEY_FILE_WARNING)
    report(session, account, status)
    return undefined
  })

const ANY_KEY = '["vkcli1-login"]'

const KEY_FILE_WARNING =
  'Warning: there is no keychain, so the key of the encrypted tokens is in a file beside them that only you may read. ' +
  'With VALETKEY_KEY set before the first login it is nowhere on the disk.'

async function connectionBefore(
  session: Session,
  { vendor }: Vendor,
  account: string = DEFAULT_ACCOUNT,
): Promise<Connection | undefined> {
  const local = await session.existingLocal()
  return local && (await readConnection(local.store, { vendor, account, store: labelOf(session) }))
}

/** The one that is asked for, else that of environment, configuration or the sign-in before, or the vendor's first. */
function chooseGrant(
  { flags, values }: Invocation,
  session: Session,
  { vendor, description }: Vendor,
  before: Connection | undefined,
): string {
  const grants = Object.keys(description.grants)
  const asked = flags.device ? 'deviceCode' : values.grant && camelCase(values.grant)
  const grant = asked ?? chosenGrant(session, vendor) ?? before?.grant ?? grants[0] ?? ''
  if (grants.includes(grant)) return grant
  throw usageError(`${vendor}: there is no "${grant}"; there is ${grants.join(', ')}`)
}

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

/** Without secrets that the environment holds, and without those that no use needs. */
function connectionOf(session: Session, { vendor, account, grant, options }: Account): Connection {
  const { io } = session
  const inEnvironment = optionsOfEnvironment(vendor.vendor, vendor.description, io.env)
  const isKept = ([name]: readonly [string, unknown]): boolean => {
    const option = vendor.description.options[name]
    return option !== undefined && (!option.secret || (option.keep && !Object.hasOwn(inEnvironment, name)))
  }
  return {
    vendor: vendor.vendor,
    account,
    store: labelOf(session),
    package: vendor.name,
    folder: vendor.folder,
    grant,
    options: Object.fromEntries(Object.entries(options).filter(isKept)),
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

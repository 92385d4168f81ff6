import { isCredentialError } from '@valetkey/core'
import { type Account, chosenGrant, DEFAULT_ACCOUNT, labelOf } from '../accounts.ts'
import { usageError } from '../cli-error.ts'
import type { Invocation } from '../command.ts'
import { type Connection, readConnection, writeConnection } from '../connections.ts'
import type { Session } from '../session.ts'
import { camelCase } from '../vendors/camel-case.ts'
import { isOwn } from '../vendors/find-packages.ts'
import type { Vendor } from '../vendors/find-vendor.ts'
import { optionsOfEnvironment } from '../vendors/settings.ts'

/** The account's sign-in before this one, if there is one that can be read. */
export async function connectionBefore(
  session: Session,
  { vendor }: Vendor,
  account: string = DEFAULT_ACCOUNT,
): Promise<Connection | undefined> {
  const local = await session.existingLocal()
  try {
    return local && (await readConnection(local.store, { vendor, account, store: labelOf(session) }))
  } catch (error) {
    // A damaged one is replaced at the end.
    if (isCredentialError(error, 'record_unreadable') && error.damaged) return undefined
    throw error
  }
}

/** The requested grant, else the one of the environment, the configuration or the previous sign-in, or the vendor's first. */
export function chooseGrant(
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

/** Keeps what the account's tokens are used with, after they were stored. */
export async function keepConnection(session: Session, account: Account): Promise<void> {
  const { store, place } = await session.local()
  await writeConnection(store, connectionOf(session, account))
  if (place === 'file') session.output.note(KEY_FILE_WARNING)
}

const KEY_FILE_WARNING =
  'Warning: there is no keychain, so the key of the encrypted tokens is in a file next to them that only you can read. ' +
  'With VALETKEY_KEY set before the first login it is not on the disk.'

/** Without secrets that the environment holds, and without those that no use needs. */
function connectionOf(session: Session, { vendor, account, grant, options }: Account): Connection {
  const { io, project } = session
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
    ...(!isOwn(vendor.folder) && { project: project.folder }),
    grant,
    options: Object.fromEntries(Object.entries(options).filter(isKept)),
  }
}

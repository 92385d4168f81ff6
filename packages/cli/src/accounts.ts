import { type Credential, memoryStore, type TokenStore } from '@valetkey/core'
import { CredentialError } from '@valetkey/core/kit'
import { usageError } from './cli-error.ts'
import { type Connection, listConnections, type OnUnreadable, readConnection } from './connections.ts'
import { abortedAfter, REQUEST_ENDING_MS, unlessAborted } from './ending.ts'
import { isThere } from './home.ts'
import type { CommandIo } from './io.ts'
import { messageOf } from './output.ts'
import type { Session } from './session.ts'
import { contentsOfFolder } from './trust/contents.ts'
import { trustOf } from './trust/trust.ts'
import { camelCase } from './vendors/camel-case.ts'
import { findModule, moduleNameOf } from './vendors/catalogue.ts'
import { isTokenCredential } from './vendors/credential-kind.ts'
import { findPackage, isOwn, ownRoots, readManifest, readPackage, type VendorPackage } from './vendors/find-packages.ts'
import { findVendor, listVendors, type Vendor } from './vendors/find-vendor.ts'
import { loadFactory } from './vendors/load-factory.ts'
import {
  missingOptions,
  type OptionValues,
  optionsOfConfig,
  optionsOfEnvironment,
  optionsOfGrant,
} from './vendors/settings.ts'
import { namesGrant, variableOf } from './vendors/variables.ts'

/** One account of a vendor with everything that its credential needs. */
export interface Account {
  readonly vendor: Vendor
  readonly account: string
  readonly grant: string
  readonly options: OptionValues
  /** No user signed in: the settings are complete, so tokens are acquired without a user. */
  readonly isConfigured?: true
}

export const DEFAULT_ACCOUNT = 'default'

/** Vendors compare the address of a sign-in only; the tokens do not depend on it. */
const ANY_REDIRECT_URI = 'http://127.0.0.1/callback'

/**
 * The account of a sign-in, else one that configuration and environment describe completely.
 * @throws CredentialError `not_signed_in`; CliError `usage`
 */
export async function findAccount(session: Session, name: string, account: string): Promise<Account> {
  const isNamed = chosenGrant(session, name) !== undefined
  const connection = await connectionNamed(session, name, account).catch(isNamed ? withoutStore(session) : rethrow)
  if (connection !== undefined) return await accountOfConnection(session, connection)
  const vendor = await findVendor(name, session.project)
  const configured = configuredAccount(session, vendor, account)
  if (configured !== undefined) return configured
  throw new CredentialError('not_signed_in', `${name}: no user has signed in`, { vendor: name, account })
}

async function connectionNamed(session: Session, vendor: string, account: string): Promise<Connection | undefined> {
  const local = await session.existingLocal()
  return local && (await readConnection(local.store, { vendor, account, store: labelOf(session) }))
}

/** Where settings say all that it takes, no sign-in of this machine is needed. */
function withoutStore({ noteUnkept }: Session): (error: unknown) => undefined {
  return (error) => {
    noteUnkept(error)
    return undefined
  }
}

/** A sign-in that cannot be used, such as one whose package is gone. */
export interface BrokenAccount extends Pick<Connection, 'vendor' | 'account' | 'grant'> {
  readonly problem: string
}

/** Every account that `findAccount` would find, of those without a sign-in the default ones; and what is wrong with others. */
export async function listAccounts(
  session: Session,
  onUnreadable: OnUnreadable = rethrow,
): Promise<{ readonly accounts: readonly Account[]; readonly broken: readonly BrokenAccount[] }> {
  const chosen = await vendorsWithGrant(session)
  const listed = async (): Promise<Connection[]> => {
    const local = await session.existingLocal()
    return local === undefined ? [] : await listConnections(local.store, labelOf(session), onUnreadable)
  }
  const connections = (await listed().catch(chosen.length > 0 ? withoutStore(session) : rethrow)) ?? []
  const accounts: Account[] = []
  const broken: BrokenAccount[] = []
  for (const connection of connections) {
    try {
      accounts.push(await accountOfConnection(session, connection))
    } catch (error) {
      const { vendor, account, grant } = connection
      broken.push({ vendor, account, grant, problem: messageOf(error) })
    }
  }
  const isSignedIn = ({ vendor }: Vendor) =>
    connections.some((connection) => connection.vendor === vendor && connection.account === DEFAULT_ACCOUNT)
  const configured = chosen
    .filter((vendor) => !isSignedIn(vendor))
    .flatMap((vendor) => configuredAccount(session, vendor, DEFAULT_ACCOUNT) ?? [])
  return { accounts: [...accounts, ...configured], broken }
}

const rethrow = (error: unknown): never => {
  throw error
}

/**
 * Makes the account's credential, works with it, and waits until everything is stored: a process that is ending stops its work,
 * stores the result of a token request in progress, and releases its lease.
 * @throws CredentialError `reauthorization_required` when only a secret that is not kept would help, what aborted `signal`, or
 * what `work` throws
 */
export async function withCredential<T>(
  account: Account,
  store: TokenStore,
  { signal }: Pick<CommandIo, 'signal'>,
  work: (credential: Credential) => Promise<T>,
): Promise<T> {
  const missed: string[] = []
  const ending = abortedAfter(signal, REQUEST_ENDING_MS)
  const onMissing = (option: string): unknown => missed.push(option)
  const credential = await createCredential(account, store, { onMissing, requestSignal: ending.signal })
  try {
    return await unlessAborted(signal, work(credential))
  } catch (error) {
    if (missed.length === 0 || signal.aborted) throw error
    const { vendor } = account.vendor
    const message = `${vendor}: the tokens cannot be renewed without "${missed[0]}", which is not kept; sign in again`
    const details = { vendor, account: account.account, reason: 'secret_not_kept', since: Date.now() }
    throw new CredentialError('reauthorization_required', message, details)
  } finally {
    if (isTokenCredential(credential)) await credential.close()
    ending.end()
  }
}

/** The keys at which the account's credential looks for tokens; none where it cannot be made. */
export async function tokenKeysOf(account: Account): Promise<string[]> {
  const keys: string[] = []
  const memory = memoryStore()
  const store: TokenStore = {
    ...memory,
    get(key) {
      keys.push(key)
      return memory.get(key)
    },
  }
  try {
    const credential = await createCredential(account, store)
    if (isTokenCredential(credential)) await credential.status()
  } catch {
    // A problem of the account is reported where it is used.
  }
  return keys
}

export interface CredentialSettings {
  readonly redirectUri?: string
  /** Told when a secret would be needed that is not there. */
  readonly onMissing?: (option: string) => void
  /** Ends token requests. */
  readonly requestSignal?: AbortSignal
}

/** @throws CredentialError `invalid_option`, `insecure_url`; CliError `usage` */
export async function createCredential(
  { vendor, account, grant, options }: Account,
  store: TokenStore,
  { redirectUri = ANY_REDIRECT_URI, onMissing, requestSignal }: CredentialSettings = {},
): Promise<Credential> {
  const description = vendor.description.grants[grant]
  if (description === undefined) throw usageError(`${vendor.vendor}: it has no "${grant}"`)
  const missing = missingOptions(description, options)
  const unkept = missing.filter((name) => vendor.description.options[name]?.keep === false)
  const needed = missing.filter((name) => !unkept.includes(name))
  if (needed.length > 0) throw usageError(`${vendor.vendor}: set ${variablesOf(vendor, needed)}`)
  const absent = (name: string) => () => {
    onMissing?.(name)
    throw new Error(`${name} is not kept`)
  }
  const factory = await loadFactory(vendor, grant)
  const takes = (name: string) => [...description.required, ...description.optional].includes(name)
  return factory({
    ...(takes('redirectUri') && { redirectUri }),
    ...optionsOfGrant(description, options),
    ...Object.fromEntries(unkept.map((name) => [name, absent(name)])),
    // Every other package has the name of its vendor in it.
    ...(vendor.name === '@valetkey/oauth2' && { vendor: vendor.vendor }),
    account,
    // A key has no tokens to store. A command line's store is one person's, and passwords are not kept.
    ...(!takes('apiKey') && { store, keyedBy: 'identity' }),
    ...(!takes('apiKey') && requestSignal !== undefined && { fetch: fetchUntil(requestSignal) }),
  })
}

function fetchUntil(end: AbortSignal): typeof fetch {
  return (input, init) => fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, end]) : end })
}

export function variablesOf({ vendor }: Vendor, options: readonly string[]): string {
  return options.map((option) => variableOf(vendor, option)).join(', ')
}

/** What configuration and environment say; the environment wins. */
export function settingsOf({ project, io }: Session, { vendor, description }: Vendor): OptionValues {
  return {
    ...optionsOfConfig(vendor, description, project.config),
    ...optionsOfEnvironment(vendor, description, io.env),
  }
}

/** The way to sign in that environment or configuration name. */
export function chosenGrant({ project, io }: Session, vendor: string): string | undefined {
  const variable = io.env[variableOf(vendor, 'grant')]
  return variable ? camelCase(variable) : project.config.vendors[vendor]?.grant
}

export function labelOf({ address }: Session): string {
  return address?.label ?? ''
}

/** Looking through all packages takes a while: only where there may be one. */
async function vendorsWithGrant(session: Session): Promise<Vendor[]> {
  const { project, io } = session
  if (!namesGrant(io.env) && Object.keys(project.config.vendors).length === 0) return []
  const chosen = [...listVendors(project)].filter(([vendor]) => chosenGrant(session, vendor) !== undefined)
  return await Promise.all(chosen.map(([, find]) => find()))
}

/** Only with a grant that the configuration or the environment names. */
function configuredAccount(session: Session, vendor: Vendor, account: string): Account | undefined {
  const grant = chosenGrant(session, vendor.vendor)
  if (grant === undefined) return undefined
  const { required = [], optional = [] } = vendor.description.grants[grant] ?? {}
  const options = settingsOf(session, vendor)
  const isComplete = missingOptions({ required, optional }, options).length === 0
  return isComplete ? { vendor, account, grant, options, isConfigured: true } : undefined
}

async function accountOfConnection({ io }: Session, connection: Connection): Promise<Account> {
  const { vendor, account, grant, options } = connection
  const found = await packageOfConnection(io, connection)
  const fromEnvironment = optionsOfEnvironment(vendor, found.description, io.env)
  return { vendor: { ...found, vendor }, account, grant, options: { ...options, ...fromEnvironment } }
}

/**
 * In its folder at the sign-in, if that is still allowed, or next to the command line; never in an unrelated
 * current folder.
 */
async function packageOfConnection(io: CommandIo, connection: Connection): Promise<VendorPackage> {
  const { package: name, folder, project, vendor } = connection
  const there = readManifest(folder)?.name === name
  if (there && (isOwn(folder) || (await isAllowed(io, project)))) {
    const found = readPackage(folder)
    if (found !== undefined) return found
  }
  const own = name === moduleNameOf(vendor) ? await findModule(vendor) : findPackage(ownRoots(), [name])
  if (own !== undefined) return own
  if (there && project !== undefined) {
    throw usageError(
      `${vendor}: ${project}, where ${name} is, has changed or is no longer trusted; look at it, then: valetkey trust ${project}`,
    )
  }
  throw usageError(
    `${vendor}: ${name} is no longer in ${folder}; install it there or next to valetkey, or sign in again`,
  )
}

async function isAllowed(io: CommandIo, project: string | undefined): Promise<boolean> {
  return project !== undefined && isThere(project) && (await trustOf(io, contentsOfFolder(project))) === 'trusted'
}

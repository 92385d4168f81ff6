import { isCredentialError, type TokenStore } from '@valetkey/core'
import { checkRecord } from '@valetkey/core/kit'
import { type Account, DEFAULT_ACCOUNT, labelOf, tokenKeysOf } from '../accounts.ts'
import { usageError } from '../cli-error.ts'
import { connectionKey, listKeys, type OnUnreadable } from '../connections.ts'
import { messageOf } from '../output.ts'
import type { Session } from '../session.ts'
import { ask } from '../sign-in/prompt.ts'
import { listVendors } from '../vendors/find-vendor.ts'
import type { Check } from './check.ts'

export interface RepairOptions {
  /** Whether damaged records are to be removed. */
  readonly isRepair: boolean
  /** Whether to continue without asking. */
  readonly isSure: boolean
}

/** Whose a record is; those of unknown owners have none. */
type Owner = Pick<Account, 'account'> & { readonly vendor: string }
type Owners = ReadonlyMap<string, Owner>

type Unreadable = Parameters<OnUnreadable>[0]

interface Place {
  readonly store: TokenStore
  /** `''`: this machine's store. */
  readonly label: string
}

interface Problem extends Place {
  /** `undefined`: the store cannot tell. */
  readonly key: string | undefined
  readonly owner: Owner | undefined
  readonly error: Unreadable
}

/**
 * The records that cannot be read. Damaged ones are removed where that is asked for; those of a newer version, of other keys,
 * encrypted ones and all others stay.
 * @throws CliError `usage` when it has to ask and there is no terminal
 */
export async function checkRecords(
  session: Session,
  accounts: readonly Account[],
  { isRepair, isSure }: RepairOptions,
): Promise<Check[]> {
  let problems: readonly Problem[]
  try {
    problems = await findProblems(session, accounts)
  } catch {
    // A store that cannot be used at all has a line already.
    return []
  }
  const removable = problems.filter(({ key, error }) => key !== undefined && error.damaged !== undefined)
  const isAgreed = isRepair && removable.length > 0 && (isSure || (await isAllowed(session, removable)))
  if (!isAgreed) return problems.map((problem) => describe(problem, removable.includes(problem)))
  const removed = await Promise.all(removable.map(remove))
  const left = await findProblems(session, accounts)
  return [...removed, ...left.map((problem) => describe(problem, false))]
}

async function findProblems(session: Session, accounts: readonly Account[]): Promise<Problem[]> {
  const owners = await findOwners(session, accounts)
  const local = await session.existingLocal()
  const shared = await session.shared()
  const places: Place[] = [
    ...(local === undefined ? [] : [{ store: local.store, label: '' }]),
    ...(shared === undefined ? [] : [{ store: shared.store, label: labelOf(session) }]),
  ]
  return (await Promise.all(places.map((place) => problemsOf(place, owners)))).flat()
}

async function problemsOf(place: Place, owners: Owners): Promise<Problem[]> {
  let unlisted: Unreadable | undefined
  const keys = new Set(owners.keys())
  for await (const key of listKeys(place.store, (error) => (unlisted = error))) keys.add(key)
  const found: Problem[] = []
  for (const key of keys) {
    const error = await problemAt(place.store, key)
    if (error !== undefined) found.push({ ...place, key, owner: owners.get(key), error })
  }
  const error = unlisted
  const isKnown = found.some((problem) => problem.error.message === error?.message)
  return error === undefined || isKnown ? found : [...found, { ...place, key: undefined, owner: undefined, error }]
}

async function problemAt(store: TokenStore, key: string): Promise<Unreadable | undefined> {
  try {
    await checkRecord(store, key)
    return undefined
  } catch (error) {
    if (isCredentialError(error, 'record_unreadable')) return error
    throw error
  }
}

/** By their keys: a store may be unable to name the key of a damaged record. */
async function findOwners(session: Session, accounts: readonly Account[]): Promise<Owners> {
  const usual = vendorsOf(session).map((vendor) => ({ vendor, account: DEFAULT_ACCOUNT }))
  const signedIn = accounts.map(({ vendor, account }) => ({ vendor: vendor.vendor, account }))
  const connections = [...usual, ...signedIn].map((owner) => {
    const key = connectionKey({ ...owner, store: labelOf(session) })
    return [key, owner] as const
  })
  const tokens = await Promise.all(
    accounts.map(async (account) => {
      const owner = { vendor: account.vendor.vendor, account: account.account }
      return (await tokenKeysOf(account)).map((key) => [key, owner] as const)
    }),
  )
  return new Map([...connections, ...tokens.flat()])
}

function vendorsOf({ project }: Session): string[] {
  try {
    return [...listVendors(project).keys()]
  } catch {
    return []
  }
}

async function isAllowed({ io, output }: Session, problems: readonly Problem[]): Promise<boolean> {
  if (io.stdin.isTTY !== true) throw usageError('no terminal to ask at; give --yes, or run this in a terminal')
  for (const problem of problems) output.note(`${subjectOf(problem)}: ${whereIs(problem)}`)
  const text = `Remove ${problems.length === 1 ? 'this record' : `these ${problems.length} records`}? ${consequence(problems)} (yes or no)`
  const answer = await ask(io, output, { text, secret: false })
  return /^y(es)?$/i.test(answer.trim())
}

function consequence(problems: readonly Problem[]): string {
  const names = new Set(problems.map(({ owner }) => (owner ? nameOf(owner) : 'its account')))
  return `${[...names].join(', ')} ${names.size === 1 ? 'has' : 'have'} to sign in again.`
}

/** Absent afterwards, unless another process has replaced it meanwhile. */
async function remove(problem: Problem): Promise<Check> {
  const { store, key = '', owner, error } = problem
  const subject = subjectOf(problem)
  try {
    const { ok } = await store.compareAndSet(key, error.damaged?.version, '{"v":1}', { retainMs: 0 })
    if (!ok) return { subject, state: 'ok', detail: `was replaced meanwhile: ${whereIs(problem)}` }
    return { subject, state: 'warning', detail: `removed; sign in again with: valetkey login ${commandOf(owner)}` }
  } catch (failure) {
    return { subject, state: 'failed', detail: `cannot be removed: ${messageOf(failure)}` }
  }
}

function describe(problem: Problem, isRemovable: boolean): Check {
  const advice = isRemovable ? '; or remove it with: valetkey doctor --repair' : ''
  return { subject: subjectOf(problem), state: 'failed', detail: `${whereIs(problem)}${advice}` }
}

function subjectOf({ owner }: Problem): string {
  return owner === undefined ? 'record' : `record of ${nameOf(owner)}`
}

/** The words of the store or of core, with the key and the store where they lack them. */
function whereIs({ error, key, label }: Problem): string {
  const { message } = error
  const missing = [
    ...(key === undefined || message.includes(key) ? [] : [`the key ${key}`]),
    ...(label === '' || message.includes(label) ? [] : [`the store ${label}`]),
  ]
  return missing.length === 0 ? message : `${message} (${missing.join(', ')})`
}

function nameOf({ vendor, account }: Owner): string {
  return `${vendor} (${account})`
}

function commandOf(owner: Owner | undefined): string {
  if (owner === undefined) return '<vendor>'
  return owner.account === DEFAULT_ACCOUNT ? owner.vendor : `${owner.vendor} --account ${owner.account}`
}

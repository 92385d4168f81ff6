import { type WarmedAccount, warmOnce } from '@valetkey/core/keep-warm'
import {
  type Account,
  type BrokenAccount,
  DEFAULT_ACCOUNT,
  findAccount,
  listAccounts,
  withCredential,
} from '../accounts.ts'
import { EXIT, usageError } from '../cli-error.ts'
import { columns } from '../columns.ts'
import type { Invocation, Run } from '../command.ts'
import { duration } from '../duration.ts'
import { messageOf } from '../output.ts'
import { exitCodeOf } from '../report-error.ts'
import { type Session, withSession } from '../session.ts'
import { isTokenCredential } from '../vendors/credential-kind.ts'
import { missingOptions } from '../vendors/settings.ts'

interface Row {
  readonly vendor: string
  readonly account: string
  readonly outcome: WarmedAccount['outcome']
  readonly endsAt?: number
  readonly dueAt?: number
  readonly problem?: string
}

interface Refreshed {
  readonly row: Row
  readonly exitCode: number
}

const WORDS: Readonly<Record<Row['outcome'], string>> = {
  refreshed: 'refreshed',
  not_due: 'not due',
  not_needed: 'needs no refresh',
  reauthorization_due: 'sign in again before it ends',
  reauthorization_required: 'sign in again',
  signed_out: 'signed out',
  failed: 'failed',
}

const NEEDS_PERSON: readonly Row['outcome'][] = ['reauthorization_due', 'reauthorization_required', 'signed_out']

/** Accounts of one vendor that are refreshed at once. */
const AT_ONCE = 4

/** One pass over the accounts, for cron. */
export const run: Run = (invocation) =>
  withSession(invocation, async (session) => {
    const { accounts, broken } = await chosenAccounts(session, invocation)
    const store = await session.tokens()
    const isForced = invocation.flags.force === true
    const done: Refreshed[] = broken.map(({ vendor, account, problem }) => ({
      row: { vendor, account, outcome: 'failed', problem },
      exitCode: EXIT.failed,
    }))
    for (let first = 0; first < accounts.length; first += AT_ONCE) {
      const some = accounts.slice(first, first + AT_ONCE)
      done.push(...(await Promise.all(some.map((account) => refresh(session, account, store, isForced)))))
    }
    const rows = done.map(({ row }) => row)
    if (rows.length === 0) session.output.note('No user has signed in. Begin with: valetkey login <vendor>')
    session.output.result({ accounts: rows }, ...(rows.length === 0 ? [] : table(rows)))
    return exitCodeOfAll(done)
  })

async function chosenAccounts(
  session: Session,
  { positionals, values, flags }: Invocation,
): Promise<{ readonly accounts: readonly Account[]; readonly broken: readonly BrokenAccount[] }> {
  const [vendor] = positionals
  if (!flags.all) {
    if (vendor === undefined)
      throw usageError('name a vendor, or --all for the accounts of all: valetkey refresh --all')
    return { accounts: [await findAccount(session, vendor, values.account ?? DEFAULT_ACCOUNT)], broken: [] }
  }
  if (values.account !== undefined) throw usageError('--account and --all exclude each other')
  const { accounts, broken } = await listAccounts(session)
  return {
    accounts: accounts.filter((account) => vendor === undefined || account.vendor.vendor === vendor),
    broken: broken.filter((account) => vendor === undefined || account.vendor === vendor),
  }
}

async function refresh(
  session: Session,
  account: Account,
  store: Parameters<typeof withCredential>[1],
  force: boolean,
): Promise<Refreshed> {
  const of = { vendor: account.vendor.vendor, account: account.account }
  const { signal } = session.io
  try {
    const warmed = await withCredential(account, store, session.io, async (credential): Promise<WarmedAccount> => {
      if (!isTokenCredential(credential)) return { ...of, outcome: 'not_needed' }
      const accounts = Reflect.has(credential, 'for') ? { accounts: [account.account] } : {}
      const [looked] = await warmOnce(credential, { force, signal, ...accounts })
      if (looked?.error && looked.outcome === 'failed') throw looked.error
      return looked ?? { ...of, outcome: 'not_needed' }
    })
    const isLost = warmed.outcome === 'not_needed' && lacksSecret(account)
    const outcome = isLost ? 'reauthorization_required' : warmed.outcome
    const { endsAt, dueAt } = warmed
    const row = { ...of, outcome, ...(endsAt !== undefined && { endsAt }), ...(dueAt !== undefined && { dueAt }) }
    return { row, exitCode: NEEDS_PERSON.includes(outcome) ? EXIT.signInNeeded : EXIT.ok }
  } catch (error) {
    if (signal.aborted) throw error
    const exitCode = exitCodeOf(error)
    const outcome = exitCode === EXIT.signInNeeded ? 'reauthorization_required' : 'failed'
    return { row: { ...of, outcome, problem: messageOf(error) }, exitCode }
  }
}

/** A password that was used once and not kept: what lives on is the refresh token. */
function lacksSecret({ vendor, grant, options }: Account): boolean {
  const description = vendor.description.grants[grant]
  return description !== undefined && missingOptions(description, options).length > 0
}

/** A necessary sign-in comes first, then the first error. */
function exitCodeOfAll(done: readonly Refreshed[]): number {
  const codes = done.map(({ exitCode }) => exitCode)
  return codes.find((code) => code === EXIT.signInNeeded) ?? codes.find((code) => code !== EXIT.ok) ?? EXIT.ok
}

function table(rows: readonly Row[]): string[] {
  const now = Date.now()
  const left = (at: number | undefined) => (at === undefined ? '-' : duration(at - now))
  const texts = rows.map(({ vendor, account, outcome, problem, endsAt, dueAt }) => [
    vendor,
    account,
    problem ?? WORDS[outcome],
    left(endsAt),
    left(dueAt),
  ])
  return columns([['VENDOR', 'ACCOUNT', 'RESULT', 'ENDS IN', 'DUE IN'], ...texts])
}

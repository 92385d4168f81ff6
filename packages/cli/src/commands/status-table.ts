import { type CredentialStatus, memoryStore, type TokenStore } from '@valetkey/core'
import { type Account, labelOf, listAccounts, withCredential } from '../accounts.ts'
import { EXIT } from '../cli-error.ts'
import { columns } from '../columns.ts'
import type { Invocation, Run } from '../command.ts'
import { duration } from '../duration.ts'
import { messageOf } from '../output.ts'
import { isPlainName } from '../plain-name.ts'
import { type Session, withSession } from '../session.ts'
import { isTokenCredential } from '../vendors/credential-kind.ts'

interface Row {
  readonly vendor: string
  readonly account: string
  readonly grant: string
  readonly store: string
  readonly state: CredentialStatus['state'] | 'error'
  readonly expiresAt?: number
  readonly scopes?: readonly string[]
  readonly reauthorization?: object
  readonly problem?: string
}

const THIS_MACHINE = 'this machine'
const NEEDS_SIGN_IN: readonly Row['state'][] = ['signed_out', 'reauthorization_required']

/** @param reportNobody says that there is no account, and gives the exit code */
export const showStatus = (invocation: Invocation, reportNobody: (invocation: Invocation) => number): ReturnType<Run> =>
  withSession(invocation, async (session) => {
    const [vendor] = invocation.positionals
    const { account } = invocation.values
    const { accounts, broken } = await listAccounts(session)
    const isAsked = (row: Pick<Row, 'vendor' | 'account'>) =>
      (vendor === undefined || row.vendor === vendor) && (account === undefined || row.account === account)
    if (invocation.flags.names) {
      const all = [...accounts.map(({ vendor: { vendor }, account }) => ({ vendor, account })), ...broken].filter(
        isAsked,
      )
      const names = [...new Set(all.map((row) => row.account))].filter(isPlainName)
      session.output.result({ accounts: all.map(({ vendor, account }) => ({ vendor, account })) }, ...names)
      return EXIT.ok
    }
    const isNew = session.address === undefined && (await session.existingLocal()) === undefined
    const store = isNew ? memoryStore() : await session.tokens()
    const asked = accounts.filter((candidate) => isAsked({ ...candidate, vendor: candidate.vendor.vendor }))
    const read = await Promise.all(asked.map((candidate) => rowOf(session, candidate, store)))
    const rows = [
      ...read,
      ...broken.filter(isAsked).map((row): Row => ({ ...row, state: 'error', store: storeName(session) })),
    ]
    if (rows.length === 0) return reportNobody(invocation)
    session.output.result({ accounts: rows }, ...table(rows))
    return exitCodeOf(rows)
  })

function exitCodeOf(rows: readonly Row[]): number {
  if (rows.some(({ state, reauthorization }) => reauthorization || NEEDS_SIGN_IN.includes(state)))
    return EXIT.signInNeeded
  return rows.some(({ state }) => state === 'error') ? EXIT.failed : EXIT.ok
}

async function rowOf(session: Session, account: Account, store: TokenStore): Promise<Row> {
  const { vendor, grant } = account
  const row = { vendor: vendor.vendor, account: account.account, grant, store: storeName(session) }
  try {
    const status = await withCredential(account, store, session.io, async (credential) =>
      isTokenCredential(credential) ? await credential.status() : { state: 'ready' as const },
    )
    return { ...row, ...status }
  } catch (error) {
    session.io.signal.throwIfAborted()
    return { ...row, state: 'error', problem: messageOf(error) }
  }
}

function storeName(session: Session): string {
  return labelOf(session) || THIS_MACHINE
}

function table(rows: readonly Row[]): string[] {
  const now = Date.now()
  const texts = rows.map(({ vendor, account, state, reauthorization, problem, expiresAt, scopes = [], store }) => [
    vendor,
    account,
    problem ?? (reauthorization ? `${state}, sign in again` : state),
    expiresAt === undefined ? '-' : duration(expiresAt - now),
    scopes.join(' ') || '-',
    store,
  ])
  return columns([['VENDOR', 'ACCOUNT', 'STATE', 'EXPIRES IN', 'SCOPES', 'STORE'], ...texts])
}

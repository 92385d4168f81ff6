import type { Credential } from '@valetkey/core'
import { type Account, createCredential, DEFAULT_ACCOUNT, findAccount, listAccounts } from '../accounts.ts'
import { usageError } from '../cli-error.ts'
import type { Invocation, Run } from '../command.ts'
import { abortedAfter, REQUEST_ENDING_MS, unlessAborted } from '../ending.ts'
import { messageOf } from '../output.ts'
import type { Refusal } from '../proxy/target.ts'
import { type Session, withSession } from '../session.ts'
import { isTokenCredential } from '../vendors/credential-kind.ts'

export const run: Run = (invocation) =>
  withSession(invocation, async (session) => {
    const { io, output } = session
    const port = portOf(invocation.values.port)
    const accounts = await accountsOf(session, invocation)
    const ending = abortedAfter(io.signal, REQUEST_ENDING_MS)
    const served = await credentialsOf(session, accounts, ending.signal)
    const { startProxy } = await import('../proxy/proxy.ts')
    const told = new Set<string>()
    const onFailure = (error: unknown): void => {
      const message = messageOf(error)
      if (!told.has(message)) output.note(message)
      told.add(message)
    }
    const proxy = await startProxy({ port, choose: (origin) => choose(served, origin), onFailure })
    try {
      output.result({ url: proxy.url }, proxy.url)
      output.note(...introduction(served))
      await unlessAborted(io.signal, new Promise<never>(() => {}))
    } finally {
      await proxy.close()
      await Promise.all(served.map(({ credential }) => isTokenCredential(credential) && credential.close()))
      ending.end()
    }
    return undefined
  })

interface Served {
  readonly name: string
  readonly account: string
  readonly credential: Credential
}

const MOST_PORT = 65_535

function portOf(given = '0'): number {
  const port = /^\d+$/.test(given) ? Number(given) : Number.NaN
  if (port <= MOST_PORT) return port
  throw usageError('--port must be a number from 0 (any free one) to 65535')
}

/** @throws CredentialError `not_signed_in`; CliError `usage` when there is none */
async function accountsOf(session: Session, { positionals, values }: Invocation): Promise<readonly Account[]> {
  const [vendor] = positionals
  if (vendor !== undefined) return [await findAccount(session, vendor, values.account ?? DEFAULT_ACCOUNT)]
  const { accounts, broken } = await listAccounts(session)
  for (const { problem } of broken) session.output.note(problem)
  const found = accounts.filter(({ account }) => values.account === undefined || account === values.account)
  if (found.length === 0) throw usageError('there is no account to send requests with; sign in first: valetkey login')
  return found
}

/** An account that cannot be used does not keep the others from being used. */
async function credentialsOf(
  session: Session,
  accounts: readonly Account[],
  requestSignal: AbortSignal,
): Promise<readonly Served[]> {
  const served: Served[] = []
  const problems: unknown[] = []
  for (const account of accounts) {
    try {
      const credential = await createCredential(account, await session.tokens(account), { requestSignal })
      served.push({ name: `${account.vendor.vendor} (${account.account})`, account: account.account, credential })
    } catch (error) {
      problems.push(error)
    }
  }
  if (served.length === 0) throw problems[0]
  for (const problem of problems) session.output.note(messageOf(problem))
  return served
}

const STATUS_FORBIDDEN = 403

/** As `valetkey fetch` chooses: the credential that covers the origin; of several, the account `default`. */
function choose(served: readonly Served[], origin: string): Credential | Refusal {
  const covering = served.filter(({ credential }) => credential.covers(origin))
  const usual = covering.length === 1 ? covering : covering.filter(({ account }) => account === DEFAULT_ACCOUNT)
  const [only, ...others] = usual
  if (only !== undefined && others.length === 0) return only.credential
  if (covering.length === 0) {
    const message = `no account of this proxy covers ${origin}; nothing was sent`
    return { status: STATUS_FORBIDDEN, code: 'uncovered_origin', message }
  }
  const names = covering.map(({ name }) => name).join(', ')
  const message = `${names} cover ${origin}; start the proxy with a vendor and --account`
  return { status: STATUS_FORBIDDEN, code: 'ambiguous_account', message }
}

function introduction(served: readonly Served[]): string[] {
  const lines = served.map(({ name, credential: { origins = [] } }) => `  ${[name, ...origins].join(' ')}`)
  return [
    'Append /https/<host>/<path> to this address. It is as good as the accounts below while this command runs: keep it secret.',
    ...lines,
  ]
}

import { memoryStore } from '@valetkey/core'
import { type Account, createCredential, DEFAULT_ACCOUNT, listAccounts } from '../accounts.ts'
import { usageError } from '../cli-error.ts'
import type { Invocation } from '../command.ts'
import { messageOf } from '../output.ts'
import type { Session } from '../session.ts'

type Wanted = Invocation['values']

/** The one account whose credential may be sent there. @throws CliError `usage` when there is none, or more than one */
export async function chooseAccount(session: Session, origin: string, { vendor, account }: Wanted): Promise<Account> {
  const { accounts, broken } = await listAccounts(session)
  for (const { problem } of broken) session.output.note(problem)
  const wanted = accounts
    .filter((candidate) => vendor === undefined || candidate.vendor.vendor === vendor)
    .filter((candidate) => account === undefined || candidate.account === account)
  const covering = await Promise.all(wanted.map((candidate) => isCovering(session, candidate, origin)))
  const found = wanted.filter((_, index) => covering[index])
  const [first, ...others] = found
  if (first === undefined) throw usageError(`no account that is signed in covers ${origin}; nothing was sent`)
  if (others.length === 0) return first
  const [usual, ...more] = found.filter((candidate) => candidate.account === DEFAULT_ACCOUNT)
  if (usual !== undefined && more.length === 0) return usual
  const names = found.map((candidate) => `${candidate.vendor.vendor} (${candidate.account})`)
  throw usageError(`${names.join(', ')} cover ${origin}; say which with --vendor and --account`)
}

/** A vendor that cannot be used does not keep the others from being used. */
async function isCovering(session: Session, account: Account, origin: string): Promise<boolean> {
  try {
    return (await createCredential(account, memoryStore())).covers(origin)
  } catch (error) {
    session.output.note(messageOf(error))
    return false
  }
}

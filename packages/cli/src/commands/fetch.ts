import { pipeline } from 'node:stream/promises'
import { isCredentialError, originOf, type TokenStore } from '@valetkey/core'
import { withCredential as credentialed } from '@valetkey/fetch'
import { type Account, createCredential, DEFAULT_ACCOUNT, listAccounts, withCredential } from '../accounts.ts'
import type { Invocation, Run } from '../commands.ts'
import { CliError, EXIT, usageError } from '../exit-codes.ts'
import { messageOf } from '../output.ts'
import { type Session, withSession } from '../session.ts'
import { parseRequest } from './fetch-request.ts'

/** Where the answer's body is not to go on. */
const NO_MORE = { end: false }
const FIRST_ERROR_STATUS = 400

export const run: Run = (invocation) =>
  withSession(invocation, async (session) => {
    const [url = ''] = invocation.positionals
    const origin = originOf(url)
    if (origin === undefined) throw usageError(`"${url}" is no https URL without user name and password`)
    const request = await parseRequest(invocation)
    const store = await session.tokens()
    const account = await chooseAccount(session, store, origin, invocation.values)
    const response = await withCredential(account, store, async (credential) => {
      const answer = await send(credentialed(fetch, credential), url, { ...request, signal: session.io.signal })
      await print(invocation, answer)
      return answer
    })
    if (response.status < FIRST_ERROR_STATUS) return EXIT.ok
    session.output.note(`HTTP ${response.status}`)
    return invocation.flags.fail ? EXIT.refusedByApi : EXIT.ok
  })

type Wanted = Invocation['values']

/** The one account whose credential may be sent there. @throws CliError `usage` when there is none, or more than one */
async function chooseAccount(
  session: Session,
  store: TokenStore,
  origin: string,
  { vendor, account }: Wanted,
): Promise<Account> {
  const wanted = (await listAccounts(session))
    .filter((candidate) => vendor === undefined || candidate.vendor.vendor === vendor)
    .filter((candidate) => account === undefined || candidate.account === account)
  const covering = await Promise.all(wanted.map((candidate) => isCovering(session, candidate, store, origin)))
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
async function isCovering(session: Session, account: Account, store: TokenStore, origin: string): Promise<boolean> {
  try {
    return (await createCredential(account, store)).covers(origin)
  } catch (error) {
    session.output.note(messageOf(error))
    return false
  }
}

async function send(http: typeof fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await http(url, init)
  } catch (error) {
    if (isCredentialError(error) || !(error instanceof TypeError)) throw error
    throw new CliError('api_unreachable', EXIT.unavailable, `${new URL(url).host} cannot be reached${causeOf(error)}`)
  }
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
}

async function print({ io, output, flags }: Invocation, response: Response): Promise<void> {
  const { status, statusText, headers } = response
  if (flags.json) {
    return output.result({ status, headers: Object.fromEntries(headers), body: await response.text() }, '')
  }
  if (flags.include) {
    const lines = [`HTTP ${status} ${statusText}`.trim(), ...[...headers].map(([name, value]) => `${name}: ${value}`)]
    io.stdout.write(`${lines.join('\n')}\n\n`)
  }
  if (response.body !== null) await pipeline(response.body, io.stdout, NO_MORE)
}

import { originOf } from '@valetkey/core/kit'
import { withCredential } from '../accounts.ts'
import { EXIT, usageError } from '../cli-error.ts'
import type { Run } from '../command.ts'
import { chooseAccount } from '../fetch/choose-account.ts'
import { withSession } from '../session.ts'

const FIRST_ERROR_STATUS = 400

export const run: Run = (invocation) =>
  withSession(invocation, async (session) => {
    const [url = ''] = invocation.positionals
    const origin = originOf(url)
    if (origin === undefined) throw usageError(`"${url}" is not an https URL without user name and password`)
    const [{ parseRequest }, { exchange }] = await Promise.all([
      import('../fetch/request.ts'),
      import('../fetch/exchange.ts'),
    ])
    const request = await parseRequest(invocation)
    const account = await chooseAccount(session, origin, invocation.values)
    const store = await session.tokens(account)
    const status = await withCredential(account, store, session.io, (credential) =>
      exchange(invocation, credential, url, request),
    )
    if (status < FIRST_ERROR_STATUS) return EXIT.ok
    session.output.note(`HTTP ${status}`)
    return invocation.flags.fail ? EXIT.refusedByApi : EXIT.ok
  })

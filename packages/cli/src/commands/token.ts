import { DEFAULT_ACCOUNT, findAccount, withCredential } from '../accounts.ts'
import { usageError } from '../cli-error.ts'
import type { Run } from '../command.ts'
import { withSession } from '../session.ts'
import { isTokenCredential } from '../vendors/credential-kind.ts'

export const run: Run = (invocation) =>
  withSession(invocation, async (session) => {
    const [vendor = ''] = invocation.positionals
    const account = await findAccount(session, vendor, invocation.values.account ?? DEFAULT_ACCOUNT)
    const tokens = await withCredential(account, await session.tokens(account), session.io, async (credential) => {
      if (isTokenCredential(credential)) return await credential.getToken({ signal: session.io.signal })
      throw usageError(`${vendor}: it has an API key and no tokens; use: valetkey fetch`)
    })
    const { accessToken, tokenType, expiresAt, scopes } = tokens
    session.output.result({ accessToken, tokenType, expiresAt, scopes }, accessToken)
    return undefined
  })

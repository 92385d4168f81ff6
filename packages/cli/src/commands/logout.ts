import { DEFAULT_ACCOUNT, findAccount, labelOf, withCredential } from '../accounts.ts'
import type { Run } from '../command.ts'
import { removeConnection } from '../connections.ts'
import { withSession } from '../session.ts'
import { isTokenCredential } from '../vendors/credential-kind.ts'

export const run: Run = (invocation) =>
  withSession(invocation, async (session) => {
    const [vendor = ''] = invocation.positionals
    const account = invocation.values.account ?? DEFAULT_ACCOUNT
    const found = await findAccount(session, vendor, account)
    const { revoked } = await withCredential(found, await session.tokens(), session.io, async (credential) =>
      isTokenCredential(credential) ? await credential.signOut() : { revoked: false },
    )
    const { store } = await session.local()
    await removeConnection(store, { vendor, account, store: labelOf(session) })
    const text = `Signed out of ${vendor}${revoked ? ', and the vendor has revoked the tokens' : ''}.`
    session.output.result({ vendor, account, revoked }, text)
    return undefined
  })

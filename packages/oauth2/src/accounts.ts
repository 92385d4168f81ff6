import type { CredentialEventName, CredentialEvents, TokenCredential } from '@valetkey/core'

/** What the accounts of one vendor and client have in common. */
type Shared = Pick<TokenCredential, 'on' | 'close' | typeof Symbol.asyncDispose>

type Subscribe = (credential: TokenCredential) => void

/**
 * The credentials of one vendor and client, one per account, each made when it is first asked for: they share listeners, and
 * closing one closes all.
 *
 * @param extend the credential that the program gets; it must hand on what is shared
 */
export function createAccounts<Extended>(
  connect: (account: string) => TokenCredential,
  extend: (credential: TokenCredential, shared: Shared) => Extended,
): (account: string) => Extended {
  const accounts = new Map<string, Extended>()
  const credentials: TokenCredential[] = []
  const subscriptions = new Set<Subscribe>()

  const close = async (): Promise<void> => {
    await Promise.all(credentials.map((credential) => credential.close()))
  }
  const shared: Shared = { on: subscribeAll, close, [Symbol.asyncDispose]: close }

  return (account) => {
    const known = accounts.get(account)
    if (known) return known
    const credential = connect(account)
    const extended = extend(credential, shared)
    credentials.push(credential)
    accounts.set(account, extended)
    for (const subscribe of subscriptions) subscribe(credential)
    return extended
  }

  function subscribeAll<E extends CredentialEventName>(
    event: E,
    listener: (detail: CredentialEvents[E]) => void,
  ): () => void {
    const ends: (() => void)[] = []
    const subscribe: Subscribe = (credential) => void ends.push(credential.on(event, listener))
    subscriptions.add(subscribe)
    for (const credential of credentials) subscribe(credential)
    return () => {
      subscriptions.delete(subscribe)
      for (const end of ends) end()
    }
  }
}

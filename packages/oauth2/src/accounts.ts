import type {
  CloseOptions,
  CredentialEventListener,
  CredentialEventName,
  CredentialOptions,
  TokenCredential,
} from '@valetkey/core'
import { accountOption } from '@valetkey/core/kit'

/** What the accounts of one vendor and client have in common. */
type Shared = Pick<TokenCredential, 'on' | 'close' | typeof Symbol.asyncDispose>

/** Held by nobody here: a server may have very many accounts. */
interface Account<Extended extends object> {
  readonly credential: WeakRef<TokenCredential>
  readonly extended: WeakRef<Extended>
}

/**
 * The credentials of one vendor and client, one per account, made when it is asked for and nobody holds it: they share
 * listeners, and closing one closes all. What an account knows is in the lifecycle that all its credentials share.
 *
 * @returns the credential of an account. @throws CredentialError `invalid_option` for one that is no text, or an empty one
 * @param extend the credential that the program gets; it must hold on to the one it is given, and hand on what is shared
 */
export function createAccounts<
  Options extends CredentialOptions & { readonly vendor: string },
  Extended extends object,
>(
  options: Options,
  connect: (options: Options) => TokenCredential,
  extend: (credential: TokenCredential, shared: Shared) => Extended,
): (account: string) => Extended {
  const accounts = new Map<string, Account<Extended>>()
  const forgotten = new FinalizationRegistry<string>((account) => {
    if (!accounts.get(account)?.extended.deref()) accounts.delete(account)
  })
  /** What is under way, of credentials that nobody may hold any more. */
  const work = new Map<Promise<unknown>, TokenCredential>()
  const subscriptions = new Set<(credential: TokenCredential) => void>()

  const close = async (closing?: CloseOptions): Promise<void> => {
    await Promise.all(credentials().map((credential) => credential.close(closing)))
  }
  const shared: Shared = { on, close, [Symbol.asyncDispose]: () => close() }

  return (name) => {
    const account = accountOption(options.vendor, { account: name })
    return accounts.get(account)?.extended.deref() ?? create(account)
  }

  function create(account: string): Extended {
    const waitUntil = (under: Promise<unknown>) => {
      const over = () => work.delete(under)
      work.set(under, credential)
      under.then(over, over)
      options.waitUntil?.(under)
    }
    const credential = connect({ ...options, account, waitUntil })
    const extended = extend(credential, shared)
    for (const subscribe of subscriptions) subscribe(credential)
    accounts.set(account, { credential: new WeakRef(credential), extended: new WeakRef(extended) })
    forgotten.register(extended, account)
    return extended
  }

  function credentials(): TokenCredential[] {
    const held = [...accounts.values()].flatMap(({ credential }) => credential.deref() ?? [])
    return [...new Set([...held, ...work.values()])]
  }

  function on<E extends CredentialEventName | '*'>(event: E, listener: CredentialEventListener<E>): () => void {
    const ends = new WeakMap<TokenCredential, () => void>()
    const subscribe = (credential: TokenCredential) => void ends.set(credential, credential.on(event, listener))
    credentials().forEach(subscribe)
    subscriptions.add(subscribe)
    return () => {
      subscriptions.delete(subscribe)
      for (const credential of credentials()) ends.get(credential)?.()
    }
  }
}

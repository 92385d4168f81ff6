import type { AnyCredentialEvent } from '@valetkey/core'
import { hasMethods } from '@valetkey/core/kit'
import type { ReadStatus } from './gauges.ts'
import type { Family, ObservedCredential } from './observed.ts'

/** Observed accounts of one credential: each costs a read of the store whenever metrics are collected. */
const MAX_ACCOUNTS = 1_000

/** The account of a credential with `for` if the program sets none: it may have no user. */
const DEFAULT_ACCOUNT = 'default'

/** The accounts of a family whose status is read. */
export interface Accounts {
  hear(event: AnyCredentialEvent): void
  end(): void
}

/**
 * The accounts of the given credentials; for sign-in credentials, also the accounts of the last events.
 * @param add observes an account, and returns a function that ends it
 */
export function createAccounts(family: Family, add: (account: string, read: ReadStatus) => () => void): Accounts {
  const [first] = family
  /** By account, the one with the latest event last. */
  const ends = new Map<string, () => void>()

  const observe = (account: string, read: ReadStatus): void => {
    const end = ends.get(account) ?? add(account, read)
    ends.delete(account)
    ends.set(account, end)
    const [oldest] = ends.keys()
    if (ends.size > MAX_ACCOUNTS && oldest !== undefined) forget(oldest)
  }
  const forget = (account: string): void => {
    ends.get(account)?.()
    ends.delete(account)
  }

  for (const credential of family) {
    const isForAll = hasMethods(credential, ['for']) && credential.account === DEFAULT_ACCOUNT
    if (hasStatus(credential) && !isForAll) observe(credential.account, () => credential.status())
  }
  return {
    hear([name, { account }]) {
      if (name === 'signed_out') return forget(account)
      // Asked for each time: a server may have very many accounts, and holds none for this.
      if (hasMethods(first, ['for'])) observe(account, () => readStatusOf(first, account))
    },
    end() {
      for (const account of [...ends.keys()]) forget(account)
    },
  }
}

function hasStatus(credential: ObservedCredential): credential is ObservedCredential & { status: ReadStatus } {
  return hasMethods(credential, ['status'])
}

/** @throws what `status` rejects with */
async function readStatusOf(credential: ObservedCredential, account: string): ReturnType<ReadStatus> {
  const status = await credential.for?.(account).status?.()
  if (status) return status
  throw new TypeError('for(account) must give a credential with a status')
}

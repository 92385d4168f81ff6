import { setTimeout as pause } from 'node:timers/promises'
import { isCredentialError, type TokenCredential, type TokenStore } from '@valetkey/core'
import { storeSignIn } from '@valetkey/core/kit'
import { epochMs } from './epoch.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { VendorRule } from './vendor/token-families.ts'
import type { Vendor } from './vendor/vendor.ts'
import { failureOf } from './worker/failure-of.ts'
import { createWorkerCredential } from './worker/worker-credential.ts'
import type { FailedOperation, WorkerLine } from './worker/worker-line.ts'

const RETRY_MS = 200
/** A lease that a dead process left behind holds the last check up for 16 s, and failures of the vendor for longer. */
const CHECK_LIMIT_MS = 90_000

/** The person who signs in, at the store itself: no link of theirs is ever cut. */
export interface FrontDesk {
  signIn(account: string): Promise<void>
  hear(worker: string, line: WorkerLine): void
  /** Whether what the store holds, once its access token has expired, can be renewed and is accepted by the API. */
  isUsable(account: string): Promise<boolean>
}

interface DeskParts {
  readonly store: TokenStore
  readonly vendor: Vendor
  readonly ledger: Ledger
  readonly accounts: ReadonlyMap<string, VendorRule>
}

export function openFrontDesk({ store, vendor, ledger, accounts }: DeskParts): FrontDesk {
  const signingIn = new Map<string, Promise<void>>()
  const hear = (worker: string, line: WorkerLine): void => {
    ledger.hear(worker, line)
    if (line.type !== 'failed' || !ledger.isNewDeath(line)) return
    const before = signingIn.get(line.account) ?? Promise.resolve()
    signingIn.set(
      line.account,
      before.then(() => signIn(line.account)),
    )
  }
  const credentials = new Map(
    [...accounts.keys()].map((account) => {
      const print = (line: WorkerLine): void => hear('desk', line)
      return [account, createWorkerCredential({ name: 'desk', vendorOrigin: vendor.origin }, account, store, print)]
    }),
  )
  const credentialOf = (account: string): TokenCredential => {
    const credential = credentials.get(account)
    if (!credential) throw new Error(`unknown account ${account}`)
    return credential
  }

  /** New tokens for each attempt: those of an attempt of unknown outcome may be in use already. */
  const signIn = async (account: string): Promise<void> => {
    for (;;) {
      try {
        ledger.signedIn(account, epochMs())
        return await storeSignIn(credentialOf(account), vendor.signIn(account, accounts.get(account) ?? 'strict'))
      } catch (error) {
        if (!isCredentialError(error, 'store_unavailable')) throw error
        await pause(RETRY_MS)
      }
    }
  }

  const settled = async (): Promise<void> => {
    await Promise.all(signingIn.values())
  }

  return {
    signIn,
    hear,
    async isUsable(account) {
      const credential = credentialOf(account)
      await pause(vendor.lifetimeSeconds * 1000)
      const giveUpAt = performance.now() + CHECK_LIMIT_MS
      while (performance.now() < giveUpAt) {
        await settled()
        const outcome = await operate(credential, vendor.origin)
        if (outcome === 'accepted' || outcome === 'refused') return outcome === 'accepted'
        hear('desk', outcome)
        await pause(RETRY_MS)
      }
      return false
    },
  }
}

async function operate(
  credential: TokenCredential,
  apiOrigin: string,
): Promise<'accepted' | 'refused' | FailedOperation> {
  try {
    const { headers } = await credential.authorization()
    const { status } = await fetch(`${apiOrigin}/things`, { headers })
    return status === 204 ? 'accepted' : 'refused'
  } catch (error) {
    return failureOf(error, credential.account)
  }
}

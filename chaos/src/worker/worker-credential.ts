import { type Clock, createTokenCredential, type TokenCredential, type TokenStore } from '@valetkey/core'
import { epochMs } from '../epoch.ts'
import { reportStored } from './reported-store.ts'
import { rotatingGrant } from './rotating-grant.ts'
import type { Print } from './worker-line.ts'
import type { WorkerPlan } from './worker-plan.ts'

/** The same grant in every process; `name` only tells the vendor who asks. */
export function createWorkerCredential(
  { name, vendorOrigin }: Pick<WorkerPlan, 'name' | 'vendorOrigin'>,
  account: string,
  store: TokenStore,
  print: Print,
  clock?: Clock,
): TokenCredential {
  const credential = createTokenCredential(
    { vendor: 'acme', origins: [vendorOrigin], identity: ['chaos'], grant: rotatingGrant(vendorOrigin, name, print) },
    { store: reportStored(store, print), account, allowInsecureRequests: true, clock },
  )
  credential.on('refreshed', ({ generation }) => print({ type: 'refreshed', account, generation, at: epochMs() }))
  return credential
}

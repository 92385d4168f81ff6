import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Counts, SignedIn, VendorPlan } from './token-endpoint.ts'

/** A vendor on loopback, in a process of its own. */
export interface Vendor {
  /** `http://127.0.0.1:1234` */
  readonly origin: string
  /** Begins a new account. */
  signIn(plan: VendorPlan): Promise<SignedIn>
  /** Of that account, so far. */
  counts(): Promise<Counts>
  /** From now on. */
  resetCounts(): Promise<void>
  /** The access tokens given out so far are refused from now on; the refresh token is not. */
  revoke(): Promise<void>
  stop(): void
}

export async function startVendor(): Promise<Vendor> {
  const child = fork(join(import.meta.dirname, 'server.ts'))
  const reply = async (): Promise<unknown> => (await once(child, 'message'))[0]
  const ask = async (message: 'counts' | 'reset' | 'revoke' | { plan: VendorPlan }): Promise<unknown> => {
    const answered = reply()
    child.send(message)
    return answered
  }
  const port = await reply()
  return {
    origin: `http://127.0.0.1:${String(port)}`,
    signIn: async (plan) => (await ask({ plan })) as SignedIn,
    counts: async () => (await ask('counts')) as Counts,
    resetCounts: async () => {
      await ask('reset')
    },
    revoke: async () => {
      await ask('revoke')
    },
    stop: () => child.disconnect(),
  }
}

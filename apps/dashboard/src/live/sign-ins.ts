import { randomUUID } from 'node:crypto'
import type { PendingSignIn } from '@valetkey/airthings'
import { isCredentialError } from '@valetkey/core'
import type { Card } from './card.ts'

/** So many may be begun; of more, the oldest are forgotten. */
const MAX_PENDING = 20

/** People who were sent to a vendor's page and have not come back yet. */
export interface SignIns {
  /** @returns where to send the browser, and a name for what it is to bring back (a cookie) */
  begin(card: Card): Promise<{ readonly url: string; readonly session: string }>
  /** @param callback path and query that the browser came back with. What fails is told in the timeline. */
  complete(card: Card, callback: string, session: string | undefined): Promise<void>
}

export function createSignIns(): SignIns {
  const pending = new Map<string, PendingSignIn>()
  return {
    async begin(card) {
      if (!card.signIn) throw new TypeError('nobody signs in there')
      const { url, signIn } = await card.signIn.beginSignIn()
      const session = randomUUID()
      pending.set(session, signIn)
      for (const oldest of [...pending.keys()].slice(0, -MAX_PENDING)) pending.delete(oldest)
      return { url: url.href, session }
    },
    async complete(card, callback, session = '') {
      const signIn = pending.get(session)
      pending.delete(session)
      if (!signIn) return card.say('failed', 'sign-in failed: nobody began it in this browser')
      try {
        await card.signIn?.completeSignIn(callback, signIn)
        card.say('you', 'you signed in')
      } catch (error) {
        const reason = isCredentialError(error, 'sign_in_failed') ? error.reason : 'the vendor cannot be asked now'
        card.say('failed', `sign-in failed: ${reason}`)
      }
    },
  }
}

/** Nobody is asked at the start: the simulator allows it by itself. */
export async function signInAtStart({ signIn, vendor }: Card): Promise<void> {
  const approve = vendor.simulation?.approve
  if (!signIn || !approve) return
  const begun = await signIn.beginSignIn()
  await signIn.completeSignIn(approve(begun.url), begun.signIn)
}

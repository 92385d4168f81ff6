import type { PendingSignIn } from '@valetkey/airthings'
import { isCredentialError } from '@valetkey/core'
import type { Card } from './card.ts'

/** Pending sign-ins; above this number the oldest are dropped. */
const MAX_PENDING = 20

/** Sign-ins whose callback has not arrived yet. */
export interface SignIns {
  /** @returns where to send the browser, and the state that identifies its callback */
  begin(card: Card): Promise<{ readonly url: string; readonly state: string }>
  /**
   * @param callback path and query of the callback
   * @param state of the sign-in that this browser began. Undefined: it began none
   * @returns whether the sign-in is complete. The timeline shows a failure.
   */
  complete(card: Card, callback: string, state: string | undefined): Promise<boolean>
}

export function createSignIns(): SignIns {
  const pending = new Map<string, PendingSignIn>()
  return {
    async begin(card) {
      if (!card.signIn) throw new TypeError('this card has no sign-in')
      const { url, signIn } = await card.signIn.beginSignIn()
      pending.set(signIn.state, signIn)
      for (const oldest of [...pending.keys()].slice(0, -MAX_PENDING)) pending.delete(oldest)
      return { url: url.href, state: signIn.state }
    },
    async complete(card, callback, state = '') {
      const signIn = pending.get(state)
      if (!card.signIn || !signIn) {
        card.say('failed', 'sign-in failed: it was not begun in this browser')
        return false
      }
      try {
        await card.signIn.completeSignIn(callback, signIn)
      } catch (error) {
        const reason = isCredentialError(error, 'sign_in_failed') ? error.reason : 'the vendor cannot be asked now'
        card.say('failed', `sign-in failed: ${reason}`)
        return false
      }
      pending.delete(state)
      card.say('you', 'you signed in')
      return true
    },
  }
}

/** At the start no user is asked: the simulator consents automatically. */
export async function signInAtStart({ signIn, vendor }: Card): Promise<void> {
  const approve = vendor.simulation?.approve
  if (!signIn || !approve) return
  const begun = await signIn.beginSignIn()
  await signIn.completeSignIn(approve(begun.url), begun.signIn)
}

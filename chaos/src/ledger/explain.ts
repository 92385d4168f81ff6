import type { IncidentKind } from '../faults/incidents.ts'
import type { Presentation } from '../vendor/presentation.ts'
import type { Death, History } from './history.ts'

/** What makes an outcome unavoidable: the fault that struck between the vendor's rotation and our write. */
export type Cause = `${IncidentKind} in flight` | 'answer lost' | 'stopped before sending'

/**
 * Without a lost answer no other process sends the same refresh token earlier: a lease is 15 s from the read before it was written,
 * whose write may take 5 s, and it is taken over 1 s after its end.
 */
const TAKEOVER_MS = 15_000 - 5_000 + 1_000
/** Without a fault an answer is in the store long before that. */
export const STORED_WITHIN_MS = 1_000
/** Between the last look at the clock and the line that tells of the sending. */
const LINE_MS = 100
/** The store's clock may be sampled this long before the vendor's answer is noted. */
const CLOCK_MS = 50

/** Why the tokens that a request gave had not reached the store by then; `undefined`: they had, or no fault explains it. */
export function causeOfLoss(history: History, lost: Presentation, until: number): Cause | undefined {
  if (lost.answer === 'withheld') return 'answer lost'
  const storedAt = lost.child === undefined ? undefined : history.stored.get(lost.child)
  if (storedAt !== undefined && storedAt <= until) return undefined
  const exposedUntil = Math.min(until, (lost.answeredAt ?? until) + STORED_WITHIN_MS)
  const incident = history.incidents.find(
    ({ worker, from, to }) => (worker ?? lost.worker) === lost.worker && from <= exposedUntil && to >= lost.at,
  )
  return incident && `${incident.kind} in flight`
}

/** Why a refresh token was presented again after it had been rotated; `undefined`: nothing explains it. */
export function causeOfRepetition(history: History, again: Presentation): Cause | undefined {
  const earlier = history.presentations.filter(
    ({ serial, at, child }) => serial === again.serial && child !== undefined && at < again.at,
  )
  const causes = earlier.map((first) => {
    if (wasTakenBack(history, first, again)) return 'store went back in flight'
    const cause = causeOfLoss(history, first, again.at)
    const hadLease = cause !== 'answer lost' && !wentBackSince(history, first.at, again)
    const isTooSoon = hadLease && again.at - sentAt(history, first) < TAKEOVER_MS
    return isTooSoon ? undefined : cause
  })
  if (causes.every((cause) => cause !== undefined)) return causes[0]
  return wasStoppedBeforeSending(history, again) ? 'stopped before sending' : undefined
}

/** The store held the newer tokens, and went back; a process that had seen them must still not send the older ones. */
function wasTakenBack(history: History, { child = -1 }: Presentation, again: Presentation): boolean {
  const storedAt = history.stored.get(child)
  const seenAt = history.seen.get(again.worker)?.get(child) ?? Infinity
  return storedAt !== undefined && seenAt >= again.at && wentBackSince(history, storedAt, again)
}

/** Whether what was written at that time, tokens or a lease, had been taken back when the request came. */
function wentBackSince({ incidents }: History, writtenAt: number, { at }: Presentation): boolean {
  return incidents.some(
    ({ kind, from, to }) => kind === 'store went back' && from <= writtenAt && writtenAt <= to && to <= at,
  )
}

/** Why a user had to sign in again; `undefined`: nothing explains it. */
export function causeOfDeath(history: History, { account, since }: Death): Cause | undefined {
  const ofAccount = history.presentations.filter(({ family }) => family.account === account)
  const refused = ofAccount.findLast(
    ({ verdict, at }) => (verdict === 'refused' || verdict === 'reused') && at <= since + CLOCK_MS,
  )
  const reuse = ofAccount.find(({ verdict, family }) => verdict === 'reused' && family === refused?.family)
  return reuse && causeOfRepetition(history, reuse)
}

/** A busy machine may take seconds from there to the vendor; the lease is older than both. */
function sentAt({ sendings }: History, { worker, serial, at }: Presentation): number {
  return sendings.findLast((line) => line.worker === worker && line.serial === serial && line.at <= at)?.at ?? at
}

/** The vendor's door cannot be watched from here: a process that is stopped after its last look at the clock sends late. */
function wasStoppedBeforeSending(history: History, { worker, serial, at }: Presentation): boolean {
  const sending = history.sendings.findLast((line) => line.worker === worker && line.serial === serial && line.at <= at)
  if (sending === undefined) return false
  return history.incidents.some(
    (incident) =>
      incident.kind === 'stopped' &&
      incident.worker === worker &&
      incident.from <= at &&
      incident.to >= sending.at - LINE_MS,
  )
}

/** Whether a newer sign-in made the tokens of a request under way worthless. */
export function wasReplaced({ signIns }: History, { family, at, answeredAt = Infinity }: Presentation): boolean {
  return signIns.some(
    (signIn) => signIn.account === family.account && signIn.at > at && signIn.at < answeredAt + STORED_WITHIN_MS,
  )
}

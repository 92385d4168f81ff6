import type { VendorRule } from '../vendor/token-families.ts'
import type { FailedOperation } from '../worker/worker-line.ts'
import { type Cause, causeOfDeath, causeOfLoss, causeOfRepetition, STORED_WITHIN_MS, wasReplaced } from './explain.ts'
import type { Death, History } from './history.ts'
import type { AccountLedger, Ledger } from './ledger.ts'

/** What became of one account. */
export interface Judgement {
  /** Requests with a refresh token that had been rotated before. */
  readonly repetitions: number
  readonly deaths: readonly { readonly death: Death; readonly cause: Cause | undefined }[]
  /** Token sets that the vendor gave, that never reached the store, and that no fault, sign-in or later attempt explains. */
  readonly lost: number
  /** What must not happen, in words. */
  readonly unexplained: readonly string[]
}

const RETRYABLE: ReadonlySet<string> = new Set(['token_unavailable', 'store_unavailable', 'timeout'])

/** Whether an operation failed in a way that says: try again later. */
export function isRetryable({ code }: FailedOperation): boolean {
  return RETRYABLE.has(code)
}

/** @param rule a vendor with a grace window forgives every fault but a store that went back: it forgives one generation */
export function judge(ledger: Ledger, account: string, rule: VendorRule): Judgement {
  const { history } = ledger
  const { failures, generations, deaths: died } = ledger.account(account)
  const presentations = history.presentations.filter(({ family }) => family.account === account)
  const rotated = new Set<number>()
  const repetitions = presentations.filter(({ serial, child }) => {
    const isRepetition = rotated.has(serial)
    if (child !== undefined) rotated.add(serial)
    return isRepetition
  })
  const deaths = died.map((death) => ({ death, cause: causeOfDeath(history, death) }))
  const lost = presentations.filter(
    (presentation) =>
      presentation.child !== undefined &&
      !history.stored.has(presentation.child) &&
      !causeOfLoss(history, presentation, Infinity) &&
      !wasReplaced(history, presentation),
  )
  return {
    repetitions: repetitions.length,
    deaths,
    lost: lost.length,
    unexplained: [
      ...failures.filter(isUnexpected).map(({ worker, code, message }) => `${account}: ${worker}: ${code}: ${message}`),
      ...repetitions
        .filter((again) => !causeOfRepetition(history, again))
        .map(({ serial, worker }) => `${account}: refresh token ${serial} was sent again by ${worker}`),
      ...deaths
        .filter(({ cause }) => !cause || (rule === 'grace' && cause !== 'store went back in flight'))
        .map(({ death, cause }) => `${account}: ${death.reason}, ${cause ?? 'no fault'}, ${rule} vendor`),
      ...lost.map(({ child, worker }) => `${account}: the tokens ${child} of ${worker} never reached the store`),
      ...twice(generations, history).map((generation) => `${account}: generation ${generation} was given twice`),
    ],
  }
}

/** Deaths are judged one by one, not each operation that met one. */
function isUnexpected(failure: FailedOperation): boolean {
  return !isRetryable(failure) && failure.code !== 'reauthorization_required'
}

/** A store that went back meanwhile counts them again. */
function twice(generations: AccountLedger['generations'], { incidents }: History): number[] {
  const wentBackBetween = (from: number, until: number): boolean =>
    incidents.some(({ kind, to }) => kind === 'store went back' && to >= from - STORED_WITHIN_MS && to <= until)
  return generations
    .filter(({ generation, at }, index) => {
      const before = generations.slice(0, index).findLast((other) => other.generation === generation)
      return before !== undefined && !wentBackBetween(before.at, at)
    })
    .map(({ generation }) => generation)
}

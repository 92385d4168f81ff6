import { waitBucket } from '../report/waits.ts'
import { printLine } from './worker-line.ts'

/** What is counted since the last line is lost when the process is killed; that is this much at most. */
const PRINT_EVERY_MS = 200

/** Counts operations that succeeded. */
export interface Tally {
  count(account: string, waitedMs: number): void
  /** Prints what has not been printed. */
  print(): void
}

export function createTally(accounts: readonly string[]): Tally {
  const counts = new Map(accounts.map((account) => [account, { operations: 0, waits: new Map<number, number>() }]))
  const print = (): void => {
    for (const [account, counted] of counts) {
      const { operations, waits } = counted
      if (operations > 0) printLine({ type: 'tally', account, operations, waits: Object.fromEntries(waits) })
      counted.operations = 0
      waits.clear()
    }
  }
  setInterval(print, PRINT_EVERY_MS).unref()
  return {
    print,
    count(account, waitedMs) {
      const counted = counts.get(account)
      if (counted === undefined) return
      const bucket = waitBucket(waitedMs)
      counted.operations += 1
      counted.waits.set(bucket, (counted.waits.get(bucket) ?? 0) + 1)
    },
  }
}

import type { Incident } from '../faults/incidents.ts'
import { createWaits, type Waits } from '../report/waits.ts'
import type { Presentation } from '../vendor/presentation.ts'
import type { FailedOperation, WorkerLine } from '../worker/worker-line.ts'
import type { Death, History } from './history.ts'

export interface HeardFailure extends FailedOperation {
  readonly worker: string
}

/** What is known of one account. */
export interface AccountLedger {
  operations: number
  readonly waits: Waits
  readonly failures: HeardFailure[]
  /** That refreshes gave. */
  readonly generations: { readonly generation: number; readonly at: number }[]
  readonly deaths: Death[]
}

/** Everything that a run is judged by. */
export interface Ledger {
  readonly history: History
  account(name: string): AccountLedger
  hear(worker: string, line: WorkerLine): void
  /** A user signs in. */
  signedIn(account: string, at: number): void
  /** @returns whether this failure is the first that tells of this death */
  isNewDeath(failure: FailedOperation): boolean
}

export function createLedger(
  accounts: readonly string[],
  presentations: readonly Presentation[],
  incidents: readonly Incident[],
): Ledger {
  const stored = new Map<number, number>()
  const seen = new Map<string, Map<number, number>>()
  const sendings: { worker: string; serial: number; at: number }[] = []
  const signIns: { account: string; at: number }[] = []
  const ledgers = new Map(accounts.map((account) => [account, createAccountLedger()]))

  const account = (name: string): AccountLedger => {
    const found = ledgers.get(name)
    if (found === undefined) throw new Error(`unknown account ${name}`)
    return found
  }

  return {
    history: { presentations, incidents, sendings, stored, seen, signIns },
    account,
    hear(worker, line) {
      switch (line.type) {
        case 'sending':
          return void sendings.push({ worker, serial: line.serial, at: line.at })
        case 'stored': {
          stored.set(line.serial, Math.min(line.at, stored.get(line.serial) ?? Infinity))
          const byWorker = seen.get(worker) ?? new Map<number, number>()
          if (!byWorker.has(line.serial)) byWorker.set(line.serial, line.at)
          return void seen.set(worker, byWorker)
        }
        case 'refreshed':
          return void account(line.account).generations.push({ generation: line.generation, at: line.at })
        case 'failed':
          return void account(line.account).failures.push({ ...line, worker })
        case 'tally': {
          const ledger = account(line.account)
          ledger.operations += line.operations
          return ledger.waits.add(line.waits)
        }
        case 'ready':
        case 'finished':
        case 'herd':
      }
    },
    signedIn(name, at) {
      signIns.push({ account: name, at })
    },
    isNewDeath({ account: name, reason, since }) {
      if (reason === undefined || since === undefined) return false
      const { deaths } = account(name)
      if (deaths.some((death) => death.since === since)) return false
      deaths.push({ account: name, reason, since })
      return true
    },
  }
}

function createAccountLedger(): AccountLedger {
  return { operations: 0, waits: createWaits(), failures: [], generations: [], deaths: [] }
}

import type { IncidentKind } from '../faults/incidents.ts'
import { isRetryable, judge } from '../ledger/judge.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { traceOf } from '../ledger/trace.ts'
import type { ChaosOptions, StoreKind } from '../options.ts'
import type { VendorRule } from '../vendor/token-families.ts'
import { createWaits } from './waits.ts'

/** What became of the accounts at one kind of vendor. */
export interface ChaosRow {
  readonly store: StoreKind
  readonly vendor: VendorRule
  /** Requests to the API that were accepted. */
  readonly operations: number
  /** Operations that failed with a code that says: try again later. */
  readonly unavailable: number
  readonly tokenCalls: number
  /** That refreshes gave. */
  readonly generations: number
  /** Between two token calls of one account, on average. */
  readonly intervalMs: number
  /** Token calls with a refresh token that had been rotated before. */
  readonly repeated: number
  /** Forced re-authorizations, by the reason in the error and the fault that made them unavoidable. */
  readonly forced: Readonly<Partial<Record<string, number>>>
  /** Token sets that were received and never stored though nothing explains it, and accounts that could not be used at the end. */
  readonly lost: number
  /** What must not happen, in words. */
  readonly unexplained: readonly string[]
  /** Everything that happened to the accounts concerned. */
  readonly traces: readonly string[]
  /** For the credential, in ms. */
  readonly waits: { readonly p50: number; readonly p99: number; readonly longest: number }
}

export interface ChaosReport {
  readonly options: ChaosOptions
  readonly rows: readonly ChaosRow[]
  /** Processes that crashed, or did not end when they should. */
  readonly failed: readonly string[]
  readonly incidents: Readonly<Partial<Record<IncidentKind, number>>>
  /** Requests that the API refused; each was sent again with a renewed token. */
  readonly refusals: number
}

/** @param unusable accounts whose stored tokens were unusable at the end */
export function rowOf(
  { store }: ChaosOptions,
  vendor: VendorRule,
  accounts: readonly string[],
  ledger: Ledger,
  unusable: ReadonlySet<string>,
): ChaosRow {
  const ledgers = accounts.map((account) => ledger.account(account))
  const judgements = accounts.map((account) => judge(ledger, account, vendor))
  const waits = createWaits()
  for (const account of ledgers) waits.add(account.waits.counts())
  const isConcerned = (account: string, index: number): boolean =>
    unusable.has(account) || (judgements[index]?.unexplained.length ?? 0) > 0
  const ended = accounts.filter((account) => unusable.has(account))
  return {
    store,
    vendor,
    operations: sum(ledgers, ({ operations }) => operations),
    unavailable: sum(ledgers, ({ failures }) => failures.filter(isRetryable).length),
    tokenCalls: ledger.history.presentations.filter(({ family }) => accounts.includes(family.account)).length,
    generations: sum(ledgers, ({ generations }) => generations.length),
    intervalMs: sum(accounts, (account) => averageInterval(ledger, account)) / accounts.length,
    repeated: sum(judgements, ({ repetitions }) => repetitions),
    forced: countBy(
      judgements.flatMap(({ deaths }) => deaths),
      ({ death, cause }) => `${death.reason}: ${cause ?? 'unexplained'}`,
    ),
    lost: sum(judgements, ({ lost }) => lost) + ended.length,
    unexplained: [
      ...judgements.flatMap(({ unexplained }) => unexplained),
      ...ended.map((account) => `${account}: could not be used at the end`),
    ],
    traces: accounts.filter((account, index) => isConcerned(account, index)).map((account) => traceOf(ledger, account)),
    waits: { p50: waits.quantile(0.5), p99: waits.quantile(0.99), longest: waits.quantile(1) },
  }
}

/** The desk's last look is left out: it comes when the processes have ended. */
function averageInterval({ history }: Ledger, account: string): number {
  const arrivals = history.presentations.filter(({ family, worker }) => family.account === account && worker !== 'desk')
  return ((arrivals.at(-1)?.at ?? 0) - (arrivals[0]?.at ?? 0)) / (arrivals.length - 1)
}

export function countBy<T, K extends string>(items: readonly T[], nameOf: (item: T) => K): Partial<Record<K, number>> {
  const counts: Partial<Record<K, number>> = {}
  for (const item of items) counts[nameOf(item)] = (counts[nameOf(item)] ?? 0) + 1
  return counts
}

function sum<T>(items: readonly T[], amountOf: (item: T) => number): number {
  return items.reduce((total, item) => total + amountOf(item), 0)
}

import type { Ledger } from './ledger.ts'

/** All that happened to one account, one line per event, oldest first; times in seconds from the first. */
export function traceOf({ history, account: ledgerOf }: Ledger, account: string): string {
  const { deaths, failures } = ledgerOf(account)
  const presentations = history.presentations.filter(({ family }) => family.account === account)
  const serials = new Set(presentations.flatMap(({ serial, child }) => [serial, child ?? serial]))
  const events: (readonly [at: number, text: string])[] = [
    ...presentations.flatMap(({ at, answeredAt, worker, serial, verdict, child, answer }) => [
      [at, `vendor: ${worker} presents ${serial}`] as const,
      [
        answeredAt ?? Infinity,
        `vendor: ${worker} presented ${serial}: ${verdict} ${child ?? ''}, answer ${answer}`,
      ] as const,
    ]),
    ...history.sendings
      .filter(({ serial }) => serials.has(serial))
      .map(({ at, worker, serial }) => [at, `${worker}: sends ${serial}`] as const),
    ...[...history.stored]
      .filter(([serial]) => serials.has(serial))
      .map(([serial, at]) => [at, `store: holds ${serial}`] as const),
    ...history.incidents.flatMap(({ kind, worker = 'all', from, to }) => [
      [from, `${worker}: ${kind}`] as const,
      ...(to === Infinity ? [] : [[to, `${worker}: no longer ${kind}`] as const]),
    ]),
    ...history.signIns.filter((signIn) => signIn.account === account).map(({ at }) => [at, 'a user signs in'] as const),
    ...deaths.map(({ since, reason }) => [since, `store: dead, ${reason}`] as const),
    ...failures.map(({ at, code, worker }) => [at, `${worker}: an operation fails: ${code}`] as const),
  ]
  const sorted = events.toSorted(([a], [b]) => a - b)
  const [start = 0] = sorted[0] ?? []
  return sorted.map(([at, text]) => `${((at - start) / 1000).toFixed(3)} ${text}`).join('\n')
}

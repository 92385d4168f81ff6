import type { HerdOptions, HerdRound } from '../run-herd.ts'

export interface Herd {
  readonly options: HerdOptions
  readonly rounds: readonly HerdRound[]
}

/** Per store one row of a Markdown table: the median and the worst of all expiries. */
export function herdTableOf(herds: readonly Herd[]): string {
  const lines = herds.map(({ options, rounds }) => {
    const over = rounds.map(({ p99, latency }) => p99 - latency).toSorted((a, b) => a - b)
    const median = over[Math.floor(over.length / 2)] ?? 0
    const calls = rounds.map(({ tokenCalls }) => tokenCalls)
    const { store, processes, callers } = options
    const cells = [
      store,
      processes,
      callers.toLocaleString('en-US'),
      rounds.length,
      Math.max(...calls),
      ms(median),
      ms(over.at(-1) ?? 0),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return [
    '| store | processes | callers | expiries | token calls per expiry, at most | p99 wait over the endpoint’s latency, median | worst |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n')
}

function ms(number: number): string {
  return `${number.toFixed(0)} ms`
}

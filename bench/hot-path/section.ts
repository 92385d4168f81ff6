import { formatSpread, type Spread } from '../runner/numbers.ts'
import { type Goal, type Section, table } from '../runner/section.ts'

export interface HotPathRow {
  readonly subject: string
  readonly stubUs: Spread
  readonly ofPlain: Spread
  readonly bytes: Spread
}

export const hotPath: Section<HotPathRow> = {
  name: 'hot-path',
  title: 'A request with a fresh token',
  about: `Over a stub transport that resolves a prepared answer: the library's own work, in processor time of the process, over the plain client with the header set by hand. The subject and the plain client take turns within one process, which is fresh in each round; medians and ranges.
The rows _noise_ compare the plain client with itself.`,
  table(rows) {
    return table(
      ['', 'µs over plain', 'times plain', 'bytes over plain'],
      rows.map(({ subject, stubUs, ofPlain, bytes }) => [
        subject,
        formatSpread(stubUs, 2),
        formatSpread(ofPlain, 2),
        bytes.median.toFixed(0),
      ]),
    )
  },
  goals(rows) {
    const of = (subject: string) => rows.find((row) => row.subject === subject)
    const [fetch, badgateway] = [of('fetch valetkey'), of('fetch badgateway')]
    const goals: Goal[] = []
    if (fetch && badgateway) {
      const share = badgateway.stubUs.median / fetch.stubUs.median
      goals.push({
        what: 'fetch, fresh token: time over plain',
        goal: '≤ 180 ns, 1/25 of badgateway',
        seen: `${(1000 * fetch.stubUs.median).toFixed(0)} ns, 1/${share.toFixed(0)}`,
        // ns are those of another machine; the share is measured in one run.
        isMet: share >= 25,
        times: 25 / share,
      })
    }
    if (fetch) {
      const bytes = fetch.bytes.median
      const seen = `${bytes.toFixed(0)} B`
      goals.push({
        what: 'fetch, fresh token: allocated over plain',
        goal: '≤ 700 B',
        seen,
        isMet: bytes <= 700,
        times: bytes / 700,
      })
    }
    for (const [client, goal] of [
      ['axios', 0.95],
      ['ky', 0.82],
    ] as const) {
      const row = of(`${client} valetkey`)
      if (!row) continue
      const { median } = row.ofPlain
      const seen = `${median.toFixed(2)}×`
      goals.push({
        what: `${client}, fresh token: times plain`,
        goal: `≤ ${goal}×`,
        seen,
        isMet: median <= goal,
        times: median / goal,
      })
    }
    return goals
  },
}

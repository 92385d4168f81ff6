import { formatCount, formatSpread, type Spread } from '../runner/numbers.ts'
import { type Section, table } from '../runner/section.ts'

export interface LoopbackRow {
  readonly subject: string
  /** Requests per second. */
  readonly perSecond: number
  /** Of the plain client's in the same process; 98 is 98 %. */
  readonly share: Spread
  /** µs of processor time over those of the plain client. */
  readonly cpuUs: Spread
  /** The same share by processor time: that of the plain client over the subject's. */
  readonly cpuShare: Spread
}

const GOAL = 98

export const loopback: Section<LoopbackRow> = {
  name: 'loopback',
  title: 'Requests per second, 64 in flight',
  about: `Whole requests to a server on this machine, 64 in flight, token fresh. The subject and the plain client, which sets the header itself, take turns within one process, which is fresh in each round.
_Share_: requests per second as a share of the plain client of the same kind, the median over the rounds and its range. _CPU_: processor time of the process, which a busy machine disturbs less. The rows _plain_ compare the plain client with itself: the noise.`,
  table(rows) {
    return table(
      ['', 'requests/s', 'share, %', 'share by CPU, %', 'CPU over plain, µs'],
      rows.map(({ subject, perSecond, share, cpuShare, cpuUs }) => [
        subject,
        formatCount(Math.round(perSecond)),
        formatSpread(share, 1),
        formatSpread(cpuShare, 1),
        formatSpread(cpuUs, 1),
      ]),
    )
  },
  goals(rows) {
    const own = rows.filter(({ subject }) => /^(fetch|axios|ky) valetkey$/.test(subject))
    return own.map(({ subject, share, cpuShare }) => ({
      what: `loopback, 64 in flight: ${subject}, share of plain requests/s`,
      goal: `≥ ${GOAL} %`,
      seen: `${share.median.toFixed(1)} % (by CPU ${cpuShare.median.toFixed(1)} %)`,
      isMet: share.median >= GOAL,
      times: GOAL / share.median,
    }))
  },
}

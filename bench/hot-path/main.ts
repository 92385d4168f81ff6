// What a request with a fresh token costs over the same fetch with a hand-set header. See ../README.md.
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import peer from '@badgateway/oauth2-client/package.json' with { type: 'json' }
import { formatSpread, overPlain, plainCost, type Spread, shareOfPlain, table } from './report.ts'
import { measureRounds, type Results } from './rounds.ts'

const PEER = 'badgateway'

interface Row {
  readonly subject: string
  /** µs over plain, stub transport. */
  readonly stubUs: Spread
  /** 0.04: one 25th of the peer. */
  readonly ofPeer: number
  /** Bytes over plain, stub transport. */
  readonly bytes: Spread
  /** µs over plain, through Node's fetch to a loopback server. */
  readonly loopbackUs: Spread
  /** Of the plain request; 0.01 is 1 %. */
  readonly loopbackShare: number
}

function summarize(results: Results): Row[] {
  const peerUs = overPlain(results.get(PEER)?.time ?? []).median
  return [...results].map(([subject, { time, bytes, loopback }]) => {
    const stubUs = overPlain(time)
    return {
      subject,
      stubUs,
      ofPeer: stubUs.median / peerUs,
      bytes: overPlain(bytes),
      loopbackUs: overPlain(loopback),
      loopbackShare: shareOfPlain(loopback),
    }
  })
}

function tableOf(rows: readonly Row[]): string {
  const head = [
    'subject',
    'µs over plain (range)',
    `of ${PEER}`,
    'bytes over plain',
    'whole fetch: µs over plain (range)',
    'of the request',
  ]
  const cells = rows.map(({ subject, stubUs, ofPeer, bytes, loopbackUs, loopbackShare }) => [
    subject === 'plain' ? 'plain (noise)' : subject,
    formatSpread(stubUs, 2),
    subject === 'plain' ? '-' : `1/${(1 / ofPeer).toFixed(1)}`,
    bytes.median.toFixed(0),
    formatSpread(loopbackUs, 1),
    `${(100 * loopbackShare).toFixed(1)} %`,
  ])
  return table(head, cells)
}

function plainUs(results: Results, measurement: 'time' | 'loopback'): number {
  return plainCost([...results.values()].flatMap((pairs) => pairs[measurement]))
}

function load(): string {
  return loadavg()
    .map((value) => value.toFixed(2))
    .join(' ')
}

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '9' }, json: { type: 'boolean', default: false } },
})
const rounds = Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds must be a whole number above 0')

const loadBefore = load()
const results = await measureRounds(rounds)
const rows = summarize(results)
const conditions = {
  node: process.versions.node,
  [PEER]: peer.version,
  rounds,
  processors: cpus().length,
  loadBefore,
  loadAfter: load(),
  plainUs: { stub: plainUs(results, 'time'), loopback: plainUs(results, 'loopback') },
}
console.log(
  values.json
    ? JSON.stringify({ conditions, rows }, undefined, 2)
    : `${tableOf(rows)}\n\n${JSON.stringify(conditions)}`,
)

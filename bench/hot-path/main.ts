// What a request with a fresh token costs over the same client with a hand-set header. See ../README.md.
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import manifest from '../package.json' with { type: 'json' }
import { formatSpread, overPlain, plainCost, type Spread, shareOfPlain, table } from './report.ts'
import { measureRounds, type Results } from './rounds.ts'
import { CLIENTS, titleOf } from './subjects.ts'

interface Row {
  readonly subject: string
  /** µs over plain, stub transport. */
  readonly stubUs: Spread
  /** Of plain, stub transport; 0.95 is 5 % less. */
  readonly ofPlain: Spread
  /** Bytes over plain, stub transport. */
  readonly bytes: Spread
  /** Of plain, through the network of this machine, 64 requests at once. */
  readonly loopback: Spread
}

function summarize(results: Results): Row[] {
  return [...results].map(([subject, { time, bytes, loopback }]) => ({
    subject: subject.name === 'plain' ? `${titleOf(subject)} (noise)` : titleOf(subject),
    stubUs: overPlain(time),
    ofPlain: shareOfPlain(time),
    bytes: overPlain(bytes),
    loopback: shareOfPlain(loopback),
  }))
}

function tableOf(rows: readonly Row[]): string {
  const head = [
    'subject',
    'µs over plain (range)',
    'times plain (range)',
    'bytes over plain',
    'loopback: times plain (range)',
  ]
  const cells = rows.map(({ subject, stubUs, ofPlain, bytes, loopback }) => [
    subject,
    formatSpread(stubUs, 2),
    formatSpread(ofPlain, 2),
    bytes.median.toFixed(0),
    formatSpread(loopback, 3),
  ])
  return table(head, cells)
}

/** µs of the plain clients. */
function plainUs(results: Results, measurement: 'time' | 'loopback'): Record<string, number> {
  const plain = [...results].filter(([{ name }]) => name === 'plain')
  return Object.fromEntries(plain.map(([{ client }, pairs]) => [client, plainCost(pairs[measurement])]))
}

function load(): string {
  return loadavg()
    .map((value) => value.toFixed(2))
    .join(' ')
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    client: { type: 'string', multiple: true, default: [...CLIENTS] },
    json: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds must be a whole number above 0')

const loadBefore = load()
const results = await measureRounds(rounds, values.client)
const rows = summarize(results)
const conditions = {
  node: process.versions.node,
  badgateway: manifest.devDependencies['@badgateway/oauth2-client'],
  axios: manifest.devDependencies.axios,
  ky: manifest.devDependencies.ky,
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

import type { Pair } from './report.ts'
import { type MeasurementName, runChild, startServer } from './run-child.ts'
import { SUBJECTS } from './subjects.ts'

/** One pair for each round. */
export type Pairs = Readonly<Record<MeasurementName, readonly Pair[]>>

/** By subject; `plain` is there too: what it costs over itself is the noise. */
export type Results = ReadonlyMap<string, Pairs>

/** Nothing is there: the stub answers for it. */
const STUB_ORIGIN = 'https://api.example.com'

/** Subjects side by side in every round, and each first in some. */
export async function measureRounds(rounds: number): Promise<Results> {
  const results = new Map(
    SUBJECTS.map(({ name }): [string, Collected] => [name, { time: [], bytes: [], loopback: [] }]),
  )
  const server = await startServer()
  try {
    for (let round = 0; round < rounds; round += 1) await measureRound([...results], round, server.origin)
  } finally {
    server.stop()
  }
  return results
}

type Collected = Record<MeasurementName, Pair[]>

async function measureRound(results: readonly [string, Collected][], round: number, serverOrigin: string) {
  const first = round % results.length
  const plain = { time: await cost('time', 'plain'), bytes: await cost('bytes', 'plain') }
  for (const [name, collected] of [...results.slice(first), ...results.slice(0, first)]) {
    collected.time.push({ plain: plain.time, subject: await cost('time', name) })
    collected.bytes.push({ plain: plain.bytes, subject: await cost('bytes', name) })
    collected.loopback.push(await costByTurns(name, serverOrigin))
  }
}

async function cost(measurement: MeasurementName, subject: string): Promise<number> {
  const [it = Number.NaN] = await runChild(measurement, [subject], STUB_ORIGIN)
  return it
}

/** A whole request costs so much more than the subject that only turns within one process tell them apart. */
async function costByTurns(name: string, serverOrigin: string): Promise<Pair> {
  const [plain = Number.NaN, subject = Number.NaN] = await runChild('loopback', ['plain', name], serverOrigin)
  return { plain, subject }
}

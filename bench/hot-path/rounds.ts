import type { Pair } from './report.ts'
import { type MeasurementName, runChild, startServer } from './run-child.ts'
import { SUBJECTS, type Subject } from './subjects.ts'

/** One pair for each round. */
export type Pairs = Readonly<Record<MeasurementName, readonly Pair[]>>

/** `plain` is there too, once for each client: what it costs over itself is the noise. */
export type Results = ReadonlyMap<Subject, Pairs>

/** Nothing is there: the stub answers for it. */
const STUB_ORIGIN = 'https://api.example.com'

/** Subjects side by side in every round, and each first in some. */
export async function measureRounds(rounds: number, clients: readonly string[]): Promise<Results> {
  const results = new Map(
    SUBJECTS.filter(({ client }) => clients.includes(client)).map((subject): [Subject, Collected] => [
      subject,
      { time: [], bytes: [], loopback: [] },
    ]),
  )
  const server = await startServer()
  try {
    for (let round = 0; round < rounds; round += 1)
      for (const client of clients)
        await measureRound(
          [...results].filter(([subject]) => subject.client === client),
          round,
          server.origin,
        )
  } finally {
    server.stop()
  }
  return results
}

type Collected = Record<MeasurementName, Pair[]>

/** Of one client. */
async function measureRound(results: readonly [Subject, Collected][], round: number, serverOrigin: string) {
  const [plainSubject] = results.find(([{ name }]) => name === 'plain') ?? []
  if (!plainSubject) return
  const first = round % results.length
  const plain = { time: await cost('time', plainSubject), bytes: await cost('bytes', plainSubject) }
  for (const [subject, collected] of [...results.slice(first), ...results.slice(0, first)]) {
    collected.time.push({ plain: plain.time, subject: await cost('time', subject) })
    collected.bytes.push({ plain: plain.bytes, subject: await cost('bytes', subject) })
    collected.loopback.push(await costByTurns([plainSubject, subject], serverOrigin))
  }
}

async function cost(measurement: MeasurementName, subject: Subject): Promise<number> {
  const [it = Number.NaN] = await runChild(measurement, [subject], STUB_ORIGIN)
  return it
}

/** A whole request costs so much more than the subject that only turns within one process tell them apart. */
async function costByTurns(subjects: readonly Subject[], serverOrigin: string): Promise<Pair> {
  const [plain = Number.NaN, subject = Number.NaN] = await runChild('loopback', subjects, serverOrigin)
  return { plain, subject }
}

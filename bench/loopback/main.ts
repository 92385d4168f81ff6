// Requests per second to a server on this machine, next to the plain client. See ../README.md.
import { join } from 'node:path'
import { median, spreadOf } from '../runner/numbers.ts'
import { progress, runChild } from '../runner/run-child.ts'
import { printSection, sectionOptions } from '../runner/section.ts'
import { titleOf } from '../subjects/subject.ts'
import { SUBJECTS } from '../subjects/subjects.ts'
import { startVendor } from '../vendor/start-vendor.ts'
import type { Batch, Batches } from './child.ts'
import { type LoopbackRow, loopback } from './section.ts'

/** Of valetkey, of careful code and of the plain client, whose differences are small; and of the others. */
const SHORT = { rounds: 3, roundsOfPeers: 1, batches: 12 }
const FULL = { rounds: 9, roundsOfPeers: 9, batches: 40 }

const CLOSE = ['plain', 'careful code', 'valetkey']

const CHILD = join(import.meta.dirname, 'child.ts')

/** Those with a grant of their own send as `fetch valetkey` does. */
const MEASURED = SUBJECTS.filter(({ name }) => !name.startsWith('valetkey, '))

/** Medians over the batches of one process. */
interface Round {
  readonly wall: number
  readonly plainWall: number
  readonly cpu: number
  readonly plainCpu: number
}

function roundOf({ requestsPerBatch, plain, subject }: Batches): Round {
  const of = (batches: readonly Batch[], key: keyof Batch) => median(batches.map((it) => it[key])) / requestsPerBatch
  return {
    wall: of(subject, 'wallMs'),
    plainWall: of(plain, 'wallMs'),
    cpu: of(subject, 'cpuMs'),
    plainCpu: of(plain, 'cpuMs'),
  }
}

function rowOf(subject: string, rounds: readonly Round[]): LoopbackRow {
  return {
    subject,
    perSecond: 1000 / median(rounds.map(({ wall }) => wall)),
    share: spreadOf(rounds.map(({ wall, plainWall }) => (100 * plainWall) / wall)),
    cpuUs: spreadOf(rounds.map(({ cpu, plainCpu }) => 1000 * (cpu - plainCpu))),
    cpuShare: spreadOf(rounds.map(({ cpu, plainCpu }) => (100 * plainCpu) / cpu)),
  }
}

const options = sectionOptions()
const { rounds, roundsOfPeers, batches } = options.isFull ? FULL : SHORT
const vendor = await startVendor()
const tokens = JSON.stringify(await vendor.signIn({}))
const results = new Map(MEASURED.map((subject): [string, Round[]] => [titleOf(subject), []]))
for (let round = 0; round < rounds; round += 1) {
  for (const subject of MEASURED.filter(({ name }) => round < roundsOfPeers || CLOSE.includes(name))) {
    progress(`loopback: round ${round + 1} of ${rounds}, ${titleOf(subject)}`)
    const plain = titleOf({ client: subject.client, name: 'plain' })
    const args = [titleOf(subject), plain, vendor.origin, tokens, String(batches)]
    results.get(titleOf(subject))?.push(roundOf(await runChild<Batches>(CHILD, args)))
  }
}
vendor.stop()
printSection(
  loopback,
  [...results].map(([subject, each]) => rowOf(subject, each)),
  options,
)

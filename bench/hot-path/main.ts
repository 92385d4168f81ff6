// What a request with a fresh token costs over the same client with a hand-set header. See ../README.md.
import { join } from 'node:path'
import { spreadOf } from '../runner/numbers.ts'
import { progress, runChild } from '../runner/run-child.ts'
import { printSection, sectionOptions } from '../runner/section.ts'
import { type HotPathRow, hotPath } from './section.ts'
import { CLIENTS, SUBJECTS, titleOf } from './subjects.ts'

const ROUNDS = { short: 2, full: 9 }
const CHILD = join(import.meta.dirname, 'child.ts')

/** So large that no request of a batch is collected before the batch is counted. */
const YOUNG_GENERATION_MB = 256

const FLAGS = {
  time: [],
  bytes: [`--min-semi-space-size=${YOUNG_GENERATION_MB}`, `--max-semi-space-size=${YOUNG_GENERATION_MB}`],
} as const

interface Cost {
  /** µs of processor time. */
  readonly time: number
  readonly bytes: number
}

/** Of one request. A round compares a subject with the plain client of the same round, since the machine may be slower in another one. */
interface Round {
  readonly plain: Cost
  readonly subject: Cost
}

async function costOf(title: string): Promise<Cost> {
  const measure = (name: keyof typeof FLAGS) => runChild<number>(CHILD, [name, title], { flags: FLAGS[name] })
  return { time: await measure('time'), bytes: await measure('bytes') }
}

function rowOf(title: string, rounds: readonly Round[]): HotPathRow {
  return {
    subject: title.endsWith(' plain') ? `${title} (noise)` : title,
    stubUs: spreadOf(rounds.map(({ plain, subject }) => subject.time - plain.time)),
    ofPlain: spreadOf(rounds.map(({ plain, subject }) => subject.time / plain.time)),
    bytes: spreadOf(rounds.map(({ plain, subject }) => subject.bytes - plain.bytes)),
  }
}

const options = sectionOptions()
const count = options.isFull ? ROUNDS.full : ROUNDS.short
const results = new Map(SUBJECTS.map((subject): [string, Round[]] => [titleOf(subject), []]))
for (let round = 0; round < count; round += 1)
  for (const client of CLIENTS) {
    progress(`hot path: ${client}, round ${round + 1} of ${count}`)
    const plain = await costOf(`${client} plain`)
    const ofClient = [...results].filter(([title]) => title.startsWith(`${client} `))
    // Each is first in some round.
    const first = round % ofClient.length
    for (const [title, rounds] of [...ofClient.slice(first), ...ofClient.slice(0, first)])
      rounds.push({ plain, subject: await costOf(title) })
  }
printSection(
  hotPath,
  [...results].map(([title, rounds]) => rowOf(title, rounds)),
  options,
)

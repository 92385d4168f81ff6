// What a request with a fresh token costs over the same client with a hand-set header. See ../README.md.
import { join } from 'node:path'
import { spreadOf } from '../runner/numbers.ts'
import { progress, runChild } from '../runner/run-child.ts'
import { printSection, sectionOptions } from '../runner/section.ts'
import type { TimeOverPlain } from './child.ts'
import { hotPath } from './section.ts'
import { CLIENTS, SUBJECTS, titleOf } from './subjects.ts'

const ROUNDS = { short: 2, full: 9 }
const CHILD = join(import.meta.dirname, 'child.ts')

/** So large that no request of a batch is collected before the batch is counted. */
const YOUNG_GENERATION_MB = 256
const LARGE = [`--min-semi-space-size=${YOUNG_GENERATION_MB}`, `--max-semi-space-size=${YOUNG_GENERATION_MB}`]

interface Round extends TimeOverPlain {
  /** Over those of the plain client in the same round. */
  readonly bytes: number
}

const bytesOf = (title: string) => runChild<number>(CHILD, ['bytes', title], { flags: LARGE })

const options = sectionOptions()
const count = options.isFull ? ROUNDS.full : ROUNDS.short
const results = new Map(SUBJECTS.map((subject): [string, Round[]] => [titleOf(subject), []]))
for (let round = 0; round < count; round += 1)
  for (const client of CLIENTS) {
    progress(`hot path: ${client}, round ${round + 1} of ${count}`)
    const plainBytes = await bytesOf(`${client} plain`)
    const ofClient = [...results].filter(([title]) => title.startsWith(`${client} `))
    // Each is first in some round.
    const first = round % ofClient.length
    for (const [title, rounds] of [...ofClient.slice(first), ...ofClient.slice(0, first)]) {
      const time = await runChild<TimeOverPlain>(CHILD, ['time', title])
      rounds.push({ ...time, bytes: (await bytesOf(title)) - plainBytes })
    }
  }
printSection(
  hotPath,
  [...results].map(([title, rounds]) => ({
    subject: title.endsWith(' plain') ? `${title} (noise)` : title,
    stubUs: spreadOf(rounds.map(({ overUs }) => overUs)),
    ofPlain: spreadOf(rounds.map(({ ofPlain }) => ofPlain)),
    bytes: spreadOf(rounds.map(({ bytes }) => bytes)),
  })),
  options,
)

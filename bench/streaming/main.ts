// Throughput and memory of large bodies. See ../README.md.
import { join } from 'node:path'
import { progress, runChild } from '../runner/run-child.ts'
import { printSection, sectionOptions } from '../runner/section.ts'
import { titleOf } from '../subjects/subject.ts'
import { startVendor } from '../vendor/start-vendor.ts'
import type { Transfer } from './child.ts'
import { DIRECTIONS, type Direction, type StreamingRow, streaming } from './section.ts'
import { SUBJECTS } from './subjects.ts'

const MEGABYTES: Readonly<Record<Direction, number>> = { down: 1000, 'up stream': 200, 'up buffer': 200 }
const SHORT_ROUNDS = 2
const FULL_ROUNDS = 7

const CHILD = join(import.meta.dirname, 'child.ts')

const options = sectionOptions()
const rounds = options.isFull ? FULL_ROUNDS : SHORT_ROUNDS
const vendor = await startVendor()
const tokens = JSON.stringify(await vendor.signIn({}))
const jobs = DIRECTIONS.flatMap((direction) =>
  SUBJECTS.map((subject) => ({ subject, direction, transfers: [] as Transfer[] })),
)
for (let round = 0; round < rounds; round += 1) {
  for (const { subject, direction, transfers } of jobs) {
    progress(`streaming: round ${round + 1} of ${rounds}, ${titleOf(subject)}, ${direction}`)
    const args = [titleOf(subject), direction, String(MEGABYTES[direction] * 1_000_000), vendor.origin, tokens]
    transfers.push(await runChild<Transfer>(CHILD, args))
  }
}
vendor.stop()
const rows = jobs.map(
  ({ subject, direction, transfers }): StreamingRow => ({
    client: subject.client,
    name: subject.name,
    direction,
    megabytes: MEGABYTES[direction],
    wallMs: transfers.map(({ wallMs }) => wallMs),
    cpuMs: transfers.map(({ cpuMs }) => cpuMs),
    peakMb: transfers.map(({ peakMb }) => peakMb),
  }),
)
printSection(streaming, rows, options)

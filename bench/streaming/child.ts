// `node child.ts <subject> <direction> <bytes> <origin> <signed in>`: sends or receives so much, and prints what it took.
import { titleOf } from '../subjects/subject.ts'
import type { SignedIn } from '../vendor/token-endpoint.ts'
import type { Direction } from './section.ts'
import { type Streams, SUBJECTS, type UploadBody } from './subjects.ts'

export interface Transfer {
  readonly wallMs: number
  readonly cpuMs: number
  /** Of the process, from before to the largest. */
  readonly peakMb: number
}

const CHUNK_BYTES = 65_536
const WARM_UP_BYTES = 1_000_000
const KB_PER_MB = 1000

const [title, direction = 'down', size = '', origin = '', signedIn = '{}'] = process.argv.slice(2)
const bytes = Number(size)
const tokens = JSON.parse(signedIn) as SignedIn
const streams = await openStreams()

const body = direction === 'up buffer' ? Buffer.alloc(bytes, 'x') : undefined
await transfer(direction as Direction, WARM_UP_BYTES)
const before = { wallMs: performance.now(), cpu: process.cpuUsage(), peakKb: process.resourceUsage().maxRSS }
await transfer(direction as Direction, bytes, body)
const { user, system } = process.cpuUsage(before.cpu)
const result: Transfer = {
  wallMs: performance.now() - before.wallMs,
  cpuMs: (user + system) / 1000,
  peakMb: (process.resourceUsage().maxRSS - before.peakKb) / KB_PER_MB,
}
console.log(JSON.stringify(result))
process.exit()

async function openStreams(): Promise<Streams> {
  const subject = SUBJECTS.find((it) => titleOf(it) === title)
  if (!subject) throw new RangeError(`no subject is called "${title}"`)
  return subject.open({ origin, tokens })
}

async function transfer(way: Direction, count: number, buffer: UploadBody = Buffer.alloc(count, 'x')): Promise<void> {
  let moved = 0
  if (way === 'down') for await (const chunk of await streams.down(`${origin}/down/${count}`)) moved += chunk.length
  else moved = await streams.up(`${origin}/up`, way === 'up stream' ? streamOf(count) : buffer)
  if (moved !== count) throw new Error(`${moved} of ${count} bytes arrived`)
}

function streamOf(count: number): ReadableStream<Uint8Array> {
  const chunk = new Uint8Array(CHUNK_BYTES).fill(120)
  let left = count
  return new ReadableStream({
    pull(controller) {
      const next = left < CHUNK_BYTES ? chunk.subarray(0, left) : chunk
      left -= next.length
      controller.enqueue(next)
      if (left === 0) controller.close()
    },
  })
}

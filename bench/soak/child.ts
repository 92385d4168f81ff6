// `node --expose-gc child.ts <subject> <origin> <signed in> <seconds>`: 16 requests in flight for so long; prints what the process holds after two thirds of it and at the end.
import { setTimeout as pause } from 'node:timers/promises'
import { subjectTitled } from '../subjects/subjects.ts'
import type { SignedIn } from '../vendor/token-endpoint.ts'

/** After a full collection. */
export interface Held {
  readonly heapBytes: number
  /** Timers, sockets and the like that keep the process. */
  readonly resources: number
}

export interface Soaked {
  readonly requests: number
  readonly failed: number
  readonly before: Held
  readonly end: Held
}

const IN_FLIGHT = 16

const [title, origin = '', signedIn = '{}', seconds = '10'] = process.argv.slice(2)
const send = await subjectTitled(title).open({ origin, tokens: JSON.parse(signedIn) as SignedIn })
let requests = 0
let failed = 0

// Until then the compiler still keeps more and more.
await sendFor((2 * Number(seconds)) / 3)
const before = await held()
await sendFor(Number(seconds) / 3)
const end = await held()
console.log(JSON.stringify({ requests, failed, before, end } satisfies Soaked))
process.exit()

async function sendFor(duration: number): Promise<void> {
  const until = performance.now() + duration * 1000
  const worker = async (): Promise<void> => {
    while (performance.now() < until) {
      requests += 1
      const status = await send('/v1/readings').catch(() => 0)
      if (status !== 200) failed += 1
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
}

/** Twice, with a turn between: the first lets finalizers run. */
async function held(): Promise<Held> {
  globalThis.gc?.()
  await pause(100)
  globalThis.gc?.()
  return { heapBytes: process.memoryUsage().heapUsed, resources: process.getActiveResourcesInfo().length }
}

// `node child.ts <subject> <plain> <origin> <signed in> <batches>`: both by turns in one process, 64 requests in flight; prints what each batch cost.

import type { Send } from '../subjects/subject.ts'
import { subjectTitled } from '../subjects/subjects.ts'
import type { SignedIn } from '../vendor/token-endpoint.ts'

/** One batch: ms that passed, and ms of processor time of this process. */
export interface Batch {
  readonly wallMs: number
  readonly cpuMs: number
}

export interface Batches {
  readonly requestsPerBatch: number
  readonly plain: readonly Batch[]
  readonly subject: readonly Batch[]
}

const IN_FLIGHT = 64
const REQUESTS = 384
const WARM_UP = 1500

const [title, plainTitle, origin = '', signedIn = '{}', batches = '1'] = process.argv.slice(2)
const account = { origin, tokens: JSON.parse(signedIn) as SignedIn }
const senders = await Promise.all([plainTitle, title].map((it) => subjectTitled(it).open(account)))
const [plain = [], subject = []] = await measure(senders, Number(batches))
console.log(JSON.stringify({ requestsPerBatch: REQUESTS, plain, subject } satisfies Batches))
process.exit()

async function measure(each: readonly Send[], count: number): Promise<Batch[][]> {
  const costs = each.map((): Batch[] => [])
  for (const send of each) await sendMany(send, WARM_UP)
  for (let batch = 0; batch < count; batch += 1) {
    const turns = [...each.entries()]
    // First in every other batch: what one leaves behind, the other one pays.
    if (batch % 2 === 1) turns.reverse()
    for (const [index, send] of turns) {
      const before = { wallMs: performance.now(), cpu: process.cpuUsage() }
      await sendMany(send, REQUESTS)
      const { user, system } = process.cpuUsage(before.cpu)
      costs[index]?.push({ wallMs: performance.now() - before.wallMs, cpuMs: (user + system) / 1000 })
    }
  }
  return costs
}

async function sendMany(send: Send, count: number): Promise<void> {
  let left = count
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const status = await send('/v1/readings')
      if (status !== 200) throw new Error(`unexpected status ${status}`)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
}

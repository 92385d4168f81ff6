import type { Send } from './subjects.ts'

export interface Plan {
  /** Requests of each sender before the first batch, until the compiler has settled. */
  readonly warmUp: number
  readonly batches: number
  readonly requestsPerBatch: number
  /** So many requests at once. */
  readonly inFlight: number
}

/** Called before and after a batch; the difference is what the batch cost. */
export type Meter = () => number

/** Median over the batches of what one request costs each sender. Senders take turns. */
export async function costPerRequest(senders: readonly Send[], plan: Plan, meter: Meter): Promise<number[]> {
  for (const send of senders) await sendMany(send, plan.warmUp, plan.inFlight)
  const costs = senders.map((): number[] => [])
  for (let batch = 0; batch < plan.batches; batch += 1) {
    const turns = [...senders.entries()]
    // First in every other batch: what a sender leaves behind, another one pays.
    if (batch % 2 === 1) turns.reverse()
    for (const [index, send] of turns) {
      const before = meter()
      await sendMany(send, plan.requestsPerBatch, plan.inFlight)
      costs[index]?.push((meter() - before) / plan.requestsPerBatch)
    }
  }
  return costs.map(median)
}

/** µs of processor time that this process used, the collector's included: waiting for a busy machine does not count. */
export function workMeter(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Bytes. Needs a young generation so large that hardly a batch has anything collected: the median leaves that one out. */
export function allocationMeter(): number {
  return process.memoryUsage().heapUsed
}

async function sendMany(send: Send, count: number, inFlight: number): Promise<void> {
  let left = count
  const sendInTurn = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const answer = await send()
      if (answer.status !== 200) throw new Error(`unexpected status ${answer.status}`)
      // A connection is free again when its answer has been read.
      if (answer.body) await answer.arrayBuffer?.()
    }
  }
  await Promise.all(Array.from({ length: inFlight }, sendInTurn))
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

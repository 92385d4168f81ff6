import type { Send } from './subjects.ts'

export interface Plan {
  /** Requests before the first batch, until the compiler has settled. */
  readonly warmUp: number
  readonly batches: number
  readonly requestsPerBatch: number
}

/** Called before and after a batch; the difference is what the batch cost. */
export type Meter = () => number

/** What one request of each costs, in each batch. Their batches take turns: the processor may have another speed a second later. */
export async function costsInTurn(sends: readonly Send[], plan: Plan, meter: Meter): Promise<number[][]> {
  for (const send of sends) await sendMany(send, plan.warmUp)
  const costs = sends.map((): number[] => [])
  for (let batch = 0; batch < plan.batches; batch += 1)
    for (const [index, send] of sends.entries()) {
      const before = meter()
      await sendMany(send, plan.requestsPerBatch)
      costs[index]?.push((meter() - before) / plan.requestsPerBatch)
    }
  return costs
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

async function sendMany(send: Send, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    const { status } = await send()
    if (status !== 200) throw new Error(`unexpected status ${status}`)
  }
}

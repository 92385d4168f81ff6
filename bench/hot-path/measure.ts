import { median } from '../runner/numbers.ts'
import type { Send } from './subjects.ts'

export interface Plan {
  /** Requests before the first batch, until the compiler has settled. */
  readonly warmUp: number
  readonly batches: number
  readonly requestsPerBatch: number
}

/** Called before and after a batch; the difference is what the batch cost. */
export type Meter = () => number

/** Median over the batches of what one request costs. */
export async function costPerRequest(send: Send, plan: Plan, meter: Meter): Promise<number> {
  await sendMany(send, plan.warmUp)
  const costs: number[] = []
  for (let batch = 0; batch < plan.batches; batch += 1) {
    const before = meter()
    await sendMany(send, plan.requestsPerBatch)
    costs.push((meter() - before) / plan.requestsPerBatch)
  }
  return median(costs)
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

import { setTimeout as pause } from 'node:timers/promises'
import type { Send } from '../subjects/subject.ts'

export interface OpenLoop {
  /** ms from when a request was due to its answer; a busy process sends late, which counts. */
  readonly latenciesMs: readonly number[]
  /** Requests that did not get a 200. */
  readonly failed: number
}

/** Sends at a constant rate, whatever the answers take. */
export async function sendAtRate(send: Send, perSecond: number, seconds: number): Promise<OpenLoop> {
  const total = perSecond * seconds
  const latenciesMs: number[] = []
  let failed = 0
  const startedAt = performance.now()
  const sendDue = async (dueAt: number): Promise<void> => {
    const status = await send('/v1/readings').catch(() => 0)
    if (status === 200) latenciesMs.push(performance.now() - dueAt)
    else failed += 1
  }
  const all: Promise<void>[] = []
  while (all.length < total) {
    const dueAt = startedAt + (1000 * all.length) / perSecond
    const waitMs = dueAt - performance.now()
    if (waitMs > 0) await pause(waitMs)
    else all.push(sendDue(dueAt))
  }
  await Promise.all(all)
  return { latenciesMs, failed }
}

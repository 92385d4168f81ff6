import { setTimeout as sleep } from 'node:timers/promises'

import type { ForcedAnswer, LoggedRequest, Side, Simulator } from './simulator.ts'

export interface Faults {
  /** The public part. */
  readonly switches: Pick<Simulator, 'failNext' | 'hold' | 'delay' | 'dropReply' | 'rateLimit' | 'outage' | 'recover'>
  inOutage(): boolean
  /** Waits while requests of this side are held or delayed. */
  admit(side: Side): Promise<void>
  takeForcedAnswer(request: LoggedRequest): Response | undefined
  takeDrop(side: Side): boolean
}

/** The vendor's answer to a request above the limit. @param resetAt when the next one is allowed, Unix ms */
export type TooManyRequests = (resetAt: number, now: number) => Response

/** The fault switches of one simulator. */
export function createFaults(now: () => number, tooManyRequests: TooManyRequests): Faults {
  const forced: Countdown<ForcedAnswer>[] = []
  const limitedUntil = new Map<Side, number>()
  const drops: Countdown<{ on: Side }>[] = []
  const gate = createGate()
  let inOutage = false
  return {
    inOutage: () => inOutage,
    admit: gate.admit,
    takeForcedAnswer(request) {
      const answer = take(forced, request.kind)
      if (answer) return toResponse(answer, request)
      const resetAt = limitedUntil.get(request.kind) ?? 0
      return resetAt > now() ? tooManyRequests(resetAt, now()) : undefined
    },
    takeDrop: (side) => take(drops, side) !== undefined,
    switches: {
      hold: gate.hold,
      delay: gate.delay,
      failNext: (answer) => void forced.push({ item: answer, left: answer.times ?? 1 }),
      dropReply: ({ on, times = 1 }) => void drops.push({ item: { on }, left: times }),
      rateLimit: ({ on, ms }) => void limitedUntil.set(on, now() + ms),
      outage(on) {
        inOutage = on
      },
      recover() {
        gate.open()
        forced.length = 0
        drops.length = 0
        limitedUntil.clear()
        inOutage = false
      },
    },
  }
}

interface Gate extends Pick<Faults, 'admit'>, Pick<Simulator, 'hold' | 'delay'> {
  open(): void
}

/** Where requests wait while they are held or delayed. */
function createGate(): Gate {
  const holds = new Set<Hold>()
  const delays = new Map<Side, number>()
  let opened = new AbortController()
  return {
    async admit(side) {
      const ms = delays.get(side) ?? 0
      await [...holds].find((hold) => hold.wants(side))?.released
      if (ms > 0) await sleep(ms, undefined, { signal: opened.signal }).catch(() => undefined)
    },
    delay: ({ on, ms }) => void delays.set(on, ms),
    hold(on, times = Number.POSITIVE_INFINITY) {
      const hold = createHold(on, times)
      holds.add(hold)
      return () => {
        holds.delete(hold)
        hold.release()
      }
    },
    open() {
      for (const hold of holds) hold.release()
      holds.clear()
      delays.clear()
      opened.abort()
      opened = new AbortController()
    },
  }
}

interface Countdown<Item> {
  readonly item: Item
  left: number
}

function take<Item extends { readonly on: Side }>(queue: Countdown<Item>[], side: Side): Item | undefined {
  const next = queue.find(({ item, left }) => item.on === side && left > 0)
  if (next) next.left -= 1
  return next?.item
}

interface Hold {
  readonly released: Promise<void>
  wants(side: Side): boolean
  release(): void
}

function createHold(on: Side, times: number): Hold {
  const { promise, resolve } = withResolvers()
  let left = times
  return { released: promise, release: resolve, wants: (side) => side === on && left-- > 0 }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

function toResponse(answer: ForcedAnswer, request: LoggedRequest): Response {
  const { status = 500, contentType, headers } = answer
  const body = answer.bodyOf ? answer.bodyOf(request) : (answer.body ?? '')
  const isText = typeof body === 'string'
  const type = contentType ?? (isText ? 'text/plain' : 'application/json')
  return new Response(isText ? body : JSON.stringify(body), { status, headers: { 'content-type': type, ...headers } })
}

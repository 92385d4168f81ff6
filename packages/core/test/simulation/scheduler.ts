/** Virtual time: what is due next happens next, and each thing that happens runs to its end before the next. */
export interface Scheduler {
  now(): number
  at(delayMs: number, happen: () => void): void
  /** Runs until nothing is due or `until` has passed. */
  run(until: number): Promise<void>
}

interface Entry {
  readonly due: number
  readonly order: number
  readonly happen: () => void
}

export function createScheduler(): Scheduler {
  const heap: Entry[] = []
  let now = 0
  let count = 0
  return {
    now: () => now,
    at(delayMs, happen) {
      count += 1
      push(heap, { due: now + Math.max(0, delayMs), order: count, happen })
    },
    async run(until) {
      for (let next = pop(heap); next && next.due <= until; next = pop(heap)) {
        now = next.due
        next.happen()
        // All promise callbacks run before the event loop turns.
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order)
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1
  for (let up = (at - 1) >> 1; at > 0 && isBefore(entry, heap[up] as Entry); up = (at - 1) >> 1) {
    heap[at] = heap[up] as Entry
    at = up
  }
  heap[at] = entry
}

function pop(heap: Entry[]): Entry | undefined {
  const first = heap[0]
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return first
  let at = 0
  for (let down = 1; down < heap.length; down = 2 * at + 1) {
    const child = down + 1 < heap.length && isBefore(heap[down + 1] as Entry, heap[down] as Entry) ? down + 1 : down
    if (!isBefore(heap[child] as Entry, last)) break
    heap[at] = heap[child] as Entry
    at = child
  }
  heap[at] = last
  return first
}

export type Chance = ReturnType<typeof createChance>

/** The same seed gives the same run. */
export function createChance(seed: number) {
  let state = (seed * 2_654_435_761 + 12_345) >>> 0 || 1
  const random = (): number => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
  return {
    random,
    between: (low: number, high: number) => low + random() * (high - low),
    happens: (probability: number) => random() < probability,
    /** Exponentially distributed with this mean. */
    after: (mean: number) => -Math.log(1 - random()) * mean,
  }
}

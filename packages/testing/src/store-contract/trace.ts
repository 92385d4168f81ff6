import { turn } from './assert.ts'

/** What work created that is still there, such as `Timeout of 600000 ms`. */
export interface Trace {
  /** What keeps the process alive. */
  held(): string[]
  /** Timers and watchers, also those that keep no process alive. */
  left(): string[]
  stop(): void
}

/** Whether the runtime tells of timers, watchers and ports: Node does. */
export function canTrace(): boolean {
  const trace = traceResources(() => clearTimeout(setTimeout(() => {}, LONG_TIMER_MS)))
  const count = trace?.created ?? 0
  trace?.stop()
  return count > 0
}

/** A shorter timer does not keep the process running for long. */
const LONG_TIMER_MS = 1000
const TURNS = 10

/**
 * What `work` and all that it starts creates, from now on; `undefined` where the runtime does not tell.
 * Sockets are left out: they belong to the client of a store.
 */
export function traceResources(work: () => unknown): (Trace & { readonly created: number }) | undefined {
  const hooks = globalThis.process?.getBuiltinModule?.('node:async_hooks')
  if (hooks === undefined) return undefined
  const context = new hooks.AsyncLocalStorage<true>()
  const there = new Map<number, Resource>()
  let created = 0
  const hook = hooks.createHook({
    init(id, type, _, resource) {
      if (!TRACED.has(type) || context.getStore() !== true) return
      created += 1
      there.set(id, { type, resource })
    },
    destroy: (id) => void there.delete(id),
  })
  hook.enable()
  context.run(true, work)
  const those = (isWanted: (it: Resource) => boolean) => [...there.values()].filter(isWanted).map(nameOf)
  return {
    get created() {
      return created
    },
    held: () => those((it) => isReferenced(it) && delayOf(it) > 1),
    left: () => those((it) => delayOf(it) > LONG_TIMER_MS),
    stop: () => void hook.disable(),
  }
}

/** What `look` named in one of the next turns of the event loop. */
export async function seenFor(look: () => string[]): Promise<Set<string>> {
  const seen = new Set<string>()
  for (let round = 0; round < TURNS; round += 1) {
    await turn()
    for (const name of look()) seen.add(name)
  }
  return seen
}

interface Resource {
  readonly type: string
  readonly resource: { hasRef?(): boolean; readonly _idleTimeout?: number }
}

const TRACED = new Set(['Timeout', 'FSEVENTWRAP', 'STATWATCHER', 'MESSAGEPORT', 'PROCESSWRAP', 'WORKER'])

function isReferenced({ resource }: Resource): boolean {
  return resource.hasRef?.() === true
}

function delayOf({ type, resource }: Resource): number {
  return type === 'Timeout' ? (resource._idleTimeout ?? 0) : Infinity
}

function nameOf(it: Resource): string {
  return it.type === 'Timeout' ? `Timeout of ${delayOf(it)} ms` : it.type
}

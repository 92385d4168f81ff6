import { EventEmitter } from 'node:events'
import type { DashboardState } from '../state.ts'
import type { Accounts } from '../vendors/environment.ts'
import { closeVendors, openCards } from '../vendors/open.ts'
import type { Vendor } from '../vendors/vendor.ts'
import { type Actions, createActions } from './actions.ts'
import { createBurst } from './burst.ts'
import { type Card, createCard } from './card.ts'
import { DURATIONS, type Durations, LIVE_POLL_MS } from './durations.ts'
import { createLatencyLog, TICK_MS } from './latency.ts'
import { createSecondProcess, type SecondProgram } from './second-process.ts'
import { createSignIns, type SignIns, signInAtStart } from './sign-ins.ts'
import { createStore, type OpenedStore } from './store.ts'
import { createTimeline } from './timeline.ts'

export interface DashboardOptions {
  readonly accounts: Partial<Accounts>
  readonly redisUrl: string | undefined
  readonly databaseUrl: string | undefined
  /** Of the page: where users return after the sign-in. */
  readonly origin: string
  readonly second: SecondProgram
  readonly durations?: Durations | undefined
}

/** The vendors at work, and what can be done to them. */
export interface Dashboard {
  readonly vendors: readonly Vendor[]
  readonly signIns: SignIns
  card(id: string): Card | undefined
  /** @param rows how much of the latency @default all */
  state(rows?: number): DashboardState
  /** Resolves when it is done. False: there is no such button now. */
  act(action: string, card?: Card): Promise<boolean>
  /** Calls the listener a few times a second, and after each action. Returns what ends that. */
  onChange(listener: () => void): () => void
  close(): Promise<void>
}

/** Everything is up, and what is simulated has been read once. */
export async function openDashboard(options: DashboardOptions): Promise<Dashboard> {
  const store = await createStore(options)
  try {
    const vendors = await openCards(options.accounts, { store: store.store, origin: options.origin })
    const parts = createParts(options, vendors, store)
    await Promise.all(parts.cards.map(signInAtStart))
    await Promise.all(parts.cards.map((card) => (card.vendor.simulation ? card.read() : undefined)))
    return run(parts, (options.durations ?? DURATIONS).pollMs)
  } catch (error) {
    await store.remove()
    throw error
  }
}

interface Parts extends Pick<Dashboard, 'state'> {
  readonly cards: readonly Card[]
  readonly actions: Actions
  tick(): void
  /** Stops the second process, closes the vendors and removes what they have stored. */
  end(): Promise<void>
}

function createParts(
  { second: program, durations = DURATIONS }: DashboardOptions,
  vendors: readonly Vendor[],
  store: OpenedStore,
): Parts {
  const timeline = createTimeline()
  const latency = createLatencyLog(vendors.length)
  const cards = vendors.map((vendor, index) =>
    createCard(vendor, {
      onTold: ({ id, vendor: { name } }, { kind, text }) => timeline.add({ card: id, name, kind, text }),
      onRenewal: () => latency.mark(index),
      onRequest: ({ durationMs, ok }) => (ok ? latency.record(index, durationMs) : latency.fail(index)),
    }),
  )
  const second = createSecondProcess({ cards, store: store.setup, program, pollMs: durations.pollMs, timeline })
  const burst = createBurst(cards, second.synchronize)
  return {
    cards,
    actions: createActions({ cards, second, burst, timeline, durations }),
    tick: latency.tick,
    state: (rows) => ({
      cards: cards.map((card) => card.state()),
      totals: totalsOf(cards),
      timeline: timeline.entries(),
      latency: latency.last(rows),
      store: store.setup.kind,
      second: second.state(),
      burst: burst.state(),
    }),
    async end() {
      await second.stop()
      await Promise.all(cards.map((card) => card.close()))
      await closeVendors(vendors)
      await store.remove()
    },
  }
}

function run({ cards, actions, state, tick, end }: Parts, pollMs: number): Dashboard {
  const changes = new EventEmitter().setMaxListeners(0)
  const ending = new AbortController()
  const changed = () => void changes.emit('change')
  const intervalOf = ({ vendor }: Card) => (vendor.source === 'simulator' ? pollMs : LIVE_POLL_MS)
  const polls = cards.map((card) => card.poll(intervalOf(card), ending.signal))
  const timer = setInterval(() => {
    tick()
    changed()
  }, TICK_MS)
  return {
    vendors: cards.map(({ vendor }) => vendor),
    signIns: createSignIns(),
    card: (id) => cards.find((card) => card.id === id),
    state,
    async act(action, card) {
      const acting = actions.act(action, card)
      changed()
      return acting.finally(changed)
    },
    onChange(listener) {
      changes.on('change', listener)
      return () => changes.off('change', listener)
    },
    async close() {
      clearInterval(timer)
      ending.abort()
      await Promise.all(polls)
      await end()
    },
  }
}

function totalsOf(cards: readonly Card[]): DashboardState['totals'] {
  const figures = cards.map(({ vendor }) => vendor.figures())
  const sum = (of: 'requests' | 'failures' | 'tokenCalls') => figures.reduce((total, each) => total + each[of], 0)
  return {
    requests: sum('requests'),
    failures: sum('failures'),
    tokenCalls: sum('tokenCalls'),
    brokenOnPurpose: cards.reduce((total, card) => total + card.brokenOnPurpose(), 0),
  }
}

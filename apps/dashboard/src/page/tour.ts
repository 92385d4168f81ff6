import { effect, type ReadonlySignal, signal } from '@preact/signals'
import type { CardAction, CardState, DashboardState } from '../state.ts'
import type { LiveState } from './live-state.ts'
import { count } from './words.ts'

/** A sequence of steps that plays after it is started. */
export interface Tour {
  /** Undefined: it does not play. */
  readonly now: ReadonlySignal<Playing | undefined>
  start(): Promise<void>
  /** Also undoes what would go on: a second process that it has started. */
  stop(): void
}

export interface Playing {
  /** From 1 on; more than `of`: it has ended. */
  readonly step: number
  readonly of: number
  readonly title: string
  /** What is to be seen. */
  readonly see: string
  readonly lastsMs: number
  /** The id of the card or other part of the page that it shows. */
  readonly about: string
}

interface Step extends Pick<Playing, 'title' | 'see' | 'lastsMs' | 'about'> {
  act(until: Until): Promise<void>
}

/** Resolves as soon as the state is so; false: the tour was stopped before. */
type Until = (isSo: (state: DashboardState) => boolean) => Promise<boolean>

type Live = Pick<LiveState, 'state' | 'paused' | 'togglePause' | 'press' | 'pressCard'>

/** Parts of the page other than vendors' cards, by their ids. */
export const PARTS = { try: 'try', latency: 'latency', second: 'two-processes' } as const

/** The steps that the vendors of this page allow: nothing is broken at a real vendor. */
function stepsOf(live: Live): Step[] {
  const { cards, second } = live.state.peek()
  const taken: string[] = []
  const withCard = (
    action: CardAction,
    wanted: string,
    of: (card: CardState) => Omit<Step, 'about' | 'act'> & Partial<Pick<Step, 'about'>>,
  ): Step[] => {
    const able = cards.filter(({ id, actions }) => actions.includes(action) && !taken.includes(id))
    const card = able.find(({ id }) => id === wanted) ?? able[0]
    if (card === undefined) return []
    taken.push(card.id)
    return [{ about: card.id, ...of(card), act: () => live.pressCard(card, action) }]
  }
  const twoProcesses: Step = {
    title: 'Two processes',
    see: 'Every token expires in two processes with one store. One of them makes the token call, the other adopts the new token: the table counts who did.',
    lastsMs: 12_000,
    about: PARTS.second,
    async act(until) {
      await live.press('second-start')
      if (await until(({ second }) => second.requests > 0)) await live.press('expire-all')
    },
  }
  return [
    ...withCard('expire', 'airthings', ({ name }) => ({
      title: 'Expire',
      see: `The token of ${name} has just ended. The next request gets a new one first: the ring is full again, “token refreshed” is in the list, and nothing failed.`,
      lastsMs: 8_000,
    })),
    ...withCard('revoke-token', 'm2m', ({ name }) => ({
      title: 'Revoke',
      see: `${name} has revoked its token. One request is refused with 401, one token call follows, and the request is replayed: the program sees one good answer.`,
      lastsMs: 8_000,
    })),
    ...withCard('down', 'flowlu', ({ name }) => ({
      title: 'Outage',
      about: PARTS.latency,
      see: `${name} refuses connections for 20 s. Each ✕ in the chart is a request that failed. The other vendors are not affected, and ${name} needs no restart afterwards.`,
      lastsMs: 12_000,
    })),
    ...(second.available && cards.some(({ actions }) => actions.includes('expire')) ? [twoProcesses] : []),
  ]
}

/** @param wait resolves after so many ms, or as soon as the signal aborts */
export function createTour(live: Live, wait: (ms: number, signal: AbortSignal) => Promise<void> = waitInPage): Tour {
  const now = signal<Playing>()
  let playing: AbortController | undefined
  const stop = () => {
    playing?.abort()
    playing = undefined
    now.value = undefined
  }
  effect(() => {
    if (live.paused.value) stop()
  })
  return {
    now,
    stop,
    async start() {
      stop()
      if (live.paused.peek()) live.togglePause()
      playing = new AbortController()
      const { signal: stopped } = playing
      const steps = stepsOf(live)
      const wasAlone = !live.state.peek().second.running
      let last: Playing | undefined
      for (const [index, { act, ...step }] of steps.entries()) {
        last = { step: index + 1, of: steps.length, ...step }
        now.value = last
        await act((isSo) => becomes(live.state, isSo, stopped))
        await wait(step.lastsMs, stopped)
        if (stopped.aborted) break
      }
      if (wasAlone && last?.about === PARTS.second) await live.press('second-stop')
      if (!stopped.aborted) now.value = endOf(live.state.peek(), steps.length)
    },
  }
}

function endOf({ totals }: DashboardState, of: number): Playing {
  const others = totals.failures - totals.brokenOnPurpose
  const see = `${count(totals.requests)} requests, ${count(totals.tokenCalls)} token calls, ${count(others)} failures apart from those in the outage. Now break something yourself, or connect your own vendor.`
  return { step: of + 1, of, title: 'Done.', see, lastsMs: 0, about: PARTS.try }
}

function becomes(
  state: ReadonlySignal<DashboardState>,
  isSo: (state: DashboardState) => boolean,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const left = new AbortController()
    const end = effect(() => {
      if (isSo(state.value)) left.abort()
    })
    const finish = () => {
      end()
      resolve(!signal.aborted)
    }
    if (left.signal.aborted || signal.aborted) return finish()
    for (const each of [left.signal, signal]) each.addEventListener('abort', finish, { once: true })
  })
}

function waitInPage(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

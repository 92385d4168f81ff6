import { type ChildProcess, fork } from 'node:child_process'
import type { SecondState } from '../state.ts'
import type { Card } from './card.ts'
import type { FromSecond, ToSecond } from './second-messages.ts'
import type { StoreSetup } from './store.ts'
import type { Timeline } from './timeline.ts'

/** How the second process is started. */
export interface SecondProgram {
  readonly file: URL
  readonly execArgv?: readonly string[] | undefined
}

export interface SecondProcess {
  state(): SecondState
  /** Nothing if it runs already. */
  start(): void
  stop(): Promise<void>
  /** Time of a vendor was moved. */
  synchronize(): void
}

export interface SecondOptions {
  readonly cards: readonly Card[]
  readonly store: StoreSetup
  readonly program: SecondProgram
  readonly pollMs: number
  readonly timeline: Timeline
}

interface Running {
  readonly child: ChildProcess
  /** How many tokens each card's first process had got before. */
  readonly before: ReadonlyMap<string, number>
  readonly renewals: Map<string, number>
}

export function createSecondProcess({ cards, store, program, pollMs, timeline }: SecondOptions): SecondProcess {
  const shared = cards.filter(({ vendor }) => vendor.setup !== undefined)
  let running: Running | undefined
  let counts = { requests: 0, failures: 0 }
  const say = (text: string) => timeline.add({ card: '', name: 'Process 2', kind: 'you', text, process: 2 })
  const send = (message: ToSecond) => void running?.child.send(message, () => undefined)

  const hear = (message: FromSecond) => {
    if (message.type === 'counts') {
      counts = { requests: message.requests, failures: message.failures }
      return
    }
    const card = shared.find(({ id }) => id === message.card)
    if (card === undefined) return
    if (message.renewal) running?.renewals.set(card.id, (running.renewals.get(card.id) ?? 0) + 1)
    timeline.add({ card: card.id, name: card.vendor.name, kind: message.kind, text: message.text, process: 2 })
  }

  return {
    start() {
      if (running) return
      const child = fork(program.file, { execArgv: [...(program.execArgv ?? [])], stdio: 'ignore' })
      const before = new Map(shared.map((card) => [card.id, card.renewals()]))
      running = { child, before, renewals: new Map() }
      counts = { requests: 0, failures: 0 }
      child.on('message', hear)
      child.once('exit', () => {
        if (running?.child === child) running = undefined
      })
      const vendors = shared.flatMap(({ id, vendor: { setup, simulation } }) =>
        setup ? [{ card: id, setup, aheadMs: simulation?.clock.ahead() ?? 0 }] : [],
      )
      send({ type: 'start', store, vendors, pollMs })
      say('started; it shares the token store')
    },
    async stop() {
      const child = running?.child
      if (child === undefined) return
      running = undefined
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill()
      await ended
      say('stopped')
    },
    synchronize() {
      for (const { id, vendor } of shared) {
        const ms = vendor.simulation?.clock.ahead()
        if (ms !== undefined) send({ type: 'ahead', card: id, ms })
      }
    },
    state: () => ({
      available: shared.length > 0,
      running: running !== undefined,
      ...counts,
      renewals: shared.map((card) => ({
        name: card.vendor.name,
        byFirst: running ? card.renewals() - (running.before.get(card.id) ?? 0) : 0,
        bySecond: running?.renewals.get(card.id) ?? 0,
      })),
    }),
  }
}

import type { GlobalAction } from '../state.ts'
import type { Burst } from './burst.ts'
import { actionsOf, type Card } from './card.ts'
import { BREAKS, expireToken, isBreak } from './card-actions.ts'
import type { Durations } from './durations.ts'
import type { SecondProcess } from './second-process.ts'
import type { Timeline } from './timeline.ts'

/** What the buttons do. */
export interface Actions {
  /** Resolves when it is done. False: there is no such button now. */
  act(action: string, card?: Card): Promise<boolean>
}

interface ActionParts {
  readonly cards: readonly Card[]
  readonly second: SecondProcess
  readonly burst: Burst
  readonly timeline: Timeline
  readonly durations: Durations
}

export function createActions({ cards, second, burst, timeline, durations }: ActionParts): Actions {
  const say = (text: string) => timeline.add({ card: '', name: 'Everything', kind: 'you', text })
  const globally: { readonly [A in GlobalAction]: () => void | Promise<void> } = {
    burst() {
      say('you sent 500 requests at once, over expired tokens')
      return burst.run()
    },
    'expire-all': () => {
      say('you let every token expire')
      for (const card of cards) expireToken(card)
      second.synchronize()
    },
    'second-start': second.start,
    'second-stop': second.stop,
  }
  const isGlobal = (action: string): action is GlobalAction => Object.hasOwn(globally, action)

  const breakCard = async (action: string, card: Card) => {
    if (!isBreak(action) || !actionsOf(card).includes(action)) return false
    await BREAKS[action](card, durations)
    second.synchronize()
    await card.read()
    return true
  }
  return {
    async act(action, card) {
      if (card) return breakCard(action, card)
      if (!isGlobal(action)) return false
      await globally[action]()
      return true
    },
  }
}

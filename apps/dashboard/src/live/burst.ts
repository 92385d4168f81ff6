import type { BurstState } from '../state.ts'
import type { Card } from './card.ts'
import { expireToken } from './card-actions.ts'

const REQUESTS = 500

export interface Burst {
  state(): BurstState | undefined
  /** Sends them over tokens that have just expired, to every simulated vendor that can be asked now. */
  run(): Promise<void>
}

/** @param synchronize tells other processes that time has passed */
export function createBurst(cards: readonly Card[], synchronize: () => void): Burst {
  let state: BurstState | undefined
  return {
    state: () => state,
    async run() {
      const asked = cards.filter(isAble)
      if (asked.length === 0) return
      const before = tokenCalls(asked)
      const startedAt = performance.now()
      const common = { requests: REQUESTS, vendors: asked.length }
      state = { ...common, failures: 0, tokenCalls: 0 }
      for (const card of asked) expireToken(card)
      synchronize()
      const requests = Array.from({ length: REQUESTS }, (_, index) => asked[index % asked.length]?.vendor.touch())
      const results = await Promise.allSettled(requests)
      const failures = results.filter(({ status }) => status === 'rejected').length
      const durationMs = Math.round(performance.now() - startedAt)
      state = { ...common, failures, tokenCalls: tokenCalls(asked) - before, durationMs }
    },
  }
}

function isAble({ vendor, token }: Card): boolean {
  return vendor.source === 'simulator' && token.state().state !== 'sign-in'
}

function tokenCalls(cards: readonly Card[]): number {
  return cards.reduce((sum, { vendor }) => sum + vendor.figures().tokenCalls, 0)
}

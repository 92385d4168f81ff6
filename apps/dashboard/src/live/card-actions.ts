import type { CardAction } from '../state.ts'
import { revokeTokens } from '../vendors/simulated.ts'
import type { Card } from './card.ts'
import type { Durations } from './durations.ts'

/** Breaks something at a simulated vendor. What happens then is the credential's doing. */
export type Break = (card: Card, durations: Durations) => void | Promise<void>

/** How each is done. A sign-in leads a person through the vendor's page instead, and is not in this table. */
export const BREAKS: { readonly [A in Exclude<CardAction, 'sign-in'>]: Break } = {
  expire: (card) => {
    card.say('you', 'you let the token expire')
    expireToken(card)
  },
  'revoke-token': (card) => {
    card.say('you', 'you revoked the access token')
    const { simulation } = card.vendor
    if (simulation) revokeTokens(simulation.simulator, simulation.clock)
  },
  'revoke-grant': (card, { brokenMs }) => {
    card.say('you', 'you revoked the whole grant')
    card.faults.add('Grant revoked', brokenMs, () => undefined)
    card.vendor.simulation?.simulator.revokeGrants()
  },
  'replace-key': (card) => {
    card.say('you', 'you replaced the API key')
    card.vendor.simulation?.replaceKey?.()
  },
  down: async (card, { downMs }) => {
    card.say('you', `you took the vendor down for ${seconds(downMs)}`)
    card.faults.add('Vendor down', downMs, async () => {
      await card.vendor.simulation?.simulator.refuseConnections(false)
      card.say('good', 'vendor is up again')
      await card.read()
    })
    await card.vendor.simulation?.simulator.refuseConnections(true, 'everywhere')
  },
  slow: (card, { slowMs, brokenMs }) => {
    card.say('you', `you slowed the token endpoint down to ${seconds(slowMs)}`)
    const simulator = card.vendor.simulation?.simulator
    simulator?.delay({ on: 'token', ms: slowMs })
    card.faults.add('Slow token endpoint', brokenMs, () => simulator?.delay({ on: 'token', ms: 0 }))
    advance(card, card.token.untilRenewal())
  },
  'rate-limit': async (card, { limitMs }) => {
    card.say('you', 'you used up the rate limit')
    advance(card, card.token.untilRenewal())
    card.vendor.simulation?.simulator.rateLimit({ on: 'token', ms: limitMs })
    card.faults.add('Rate limit', limitMs, () => undefined)
    // On a busy machine the limit could be over before the next reading; what this one meets, the card counts.
    await card.vendor.touch().catch(() => undefined)
  },
}

export function isBreak(action: string): action is keyof typeof BREAKS {
  return Object.hasOwn(BREAKS, action)
}

/** Nothing where there is no token. */
export function expireToken(card: Card): void {
  advance(card, card.token.untilEnd())
}

/** Lets time pass, for this vendor and its credential alone. */
function advance(card: Card, ms: number | undefined): void {
  if (ms !== undefined && ms > 0) card.vendor.simulation?.clock.advance(Math.ceil(ms))
}

function seconds(ms: number): string {
  return `${ms / 1000} s`
}

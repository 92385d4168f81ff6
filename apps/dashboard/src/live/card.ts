import { setTimeout as sleep } from 'node:timers/promises'
import type { SignInCredential } from '@valetkey/airthings'
import type { CardAction, CardState, EntryKind } from '../state.ts'
import type { FinishedRequest } from '../vendors/counters.ts'
import type { Vendor } from '../vendors/vendor.ts'
import { createFaults, type Faults } from './faults.ts'
import { type Told, tellEvents } from './timeline.ts'
import { type TokenWatch, watchToken } from './token-watch.ts'

/** One vendor of the page. */
export interface Card {
  readonly id: string
  readonly vendor: Vendor
  readonly token: TokenWatch
  readonly faults: Faults
  readonly signIn: SignInCredential | undefined
  /** Failures while it was broken on purpose, and from then to its next good answer. */
  brokenOnPurpose(): number
  /** Tokens that this process got. */
  renewals(): number
  state(): CardState
  /** Reads once, and looks at the token. What fails is in the state. */
  read(): Promise<void>
  /** Reads again and again until the signal aborts; not while a person has to sign in. */
  poll(intervalMs: number, signal: AbortSignal): Promise<void>
  /** A line of the timeline. */
  say(kind: EntryKind, text: string): void
  close(): Promise<void>
}

export interface CardEvents {
  onTold(card: Card, told: Omit<Told, 'event'>): void
  onRenewal(): void
  onRequest(request: FinishedRequest): void
}

/** Events after which there is another token. */
const RENEWALS: ReadonlySet<string> = new Set(['acquired', 'refreshed', 'adopted'])

export function createCard(vendor: Vendor, events: CardEvents): Card {
  const { credential, simulation } = vendor
  const clock = simulation?.clock
  const token = watchToken(credential, () => clock?.now() ?? Date.now())
  const faults = createFaults()
  const counted = { brokenOnPurpose: 0, renewals: 0 }
  let isBroken = false
  const needsPerson = () => card.signIn !== undefined && token.state().state === 'sign-in'
  const card: Card = {
    id: vendor.name.toLowerCase().replaceAll(' ', '-'),
    vendor,
    token,
    faults,
    signIn: 'beginSignIn' in credential ? credential : undefined,
    brokenOnPurpose: () => counted.brokenOnPurpose,
    renewals: () => counted.renewals,
    state: () => cardState(card),
    async read() {
      if (!needsPerson()) await vendor.read().catch(() => undefined)
      await token.look().catch(() => undefined)
    },
    async poll(intervalMs, signal) {
      do await card.read()
      while (await passes(intervalMs, signal))
    },
    say: (kind, text) => events.onTold(card, { kind, text }),
    close: () => faults.close(),
  }
  vendor.onRequest((request) => {
    // After an outage token calls back off, so requests fail somewhat longer than the outage lasts.
    isBroken = faults.now().length > 0 || (isBroken && !request.ok)
    if (!request.ok && isBroken) counted.brokenOnPurpose += 1
    events.onRequest(request)
  })
  tellEvents(credential, (told) => {
    events.onTold(card, told)
    if (told.event === 'acquired' || told.event === 'refreshed') counted.renewals += 1
    if (RENEWALS.has(told.event)) events.onRenewal()
    void token.look().catch(() => undefined)
  })
  return card
}

function cardState(card: Card): CardState {
  const { vendor, token, faults, id } = card
  const { name, source, client, grant, code } = vendor
  const { requests, failures, refreshes, replays, tokenCalls } = vendor.figures()
  const problem = vendor.problem()
  const now = vendor.simulation?.clock.now() ?? Date.now()
  return {
    id,
    name,
    source,
    client,
    grant,
    code,
    token: token.state(),
    generation: token.generation(),
    reading: vendor.reading(),
    problem: problem?.text,
    retryInMs: problem?.retryAt === undefined ? undefined : problem.retryAt - now,
    counts: { requests, failures, refreshes, replays, tokenCalls },
    actions: actionsOf(card),
    faults: faults.now(),
  }
}

/** A vendor that is not simulated has none: this page breaks nothing in a real account. */
export function actionsOf({ vendor, token }: Card): CardAction[] {
  const { simulation } = vendor
  if (simulation === undefined) return []
  const { state } = token.state()
  if (state === 'key') return ['replace-key', 'down']
  if (state === 'sign-in') return ['sign-in']
  const ofGrant: CardAction[] = vendor.grant === 'client credentials' ? [] : ['revoke-grant']
  return ['expire', 'revoke-token', ...ofGrant, 'down', 'slow', 'rate-limit']
}

/** False as soon as the signal aborts. */
function passes(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false)
}

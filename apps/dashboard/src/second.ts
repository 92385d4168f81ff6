import { setTimeout as sleep } from 'node:timers/promises'
import { LIVE_POLL_MS } from './live/durations.ts'
import type { FromSecond, ToSecond } from './live/second-messages.ts'
import { openStore } from './live/store.ts'
import { tellEvents } from './live/timeline.ts'
import { watchToken } from './live/token-watch.ts'
import { connectVendor } from './vendors/connect-vendor.ts'
import { type SteppableClock, steppableClock } from './vendors/steppable-clock.ts'
import type { Vendor } from './vendors/vendor.ts'

// A second server process: the same accounts and the same store, and nothing else in common with the first.

type Start = Extract<ToSecond, { type: 'start' }>

const clocks = new Map<string, SteppableClock>()

function tell(message: FromSecond): void {
  if (process.connected) process.send?.(message)
}

async function start({ store, vendors, pollMs }: Start): Promise<void> {
  const opened = await openStore(store)
  const connected = vendors.map(({ card, setup, aheadMs }) => {
    const clock = steppableClock(aheadMs)
    clocks.set(card, clock)
    const vendor = connectVendor(setup, { store: opened.store }, setup.source === 'simulator' ? clock : undefined)
    tellEvents(vendor.credential, ({ event, kind, text }) => {
      tell({ type: 'told', card, kind, text, renewal: event === 'acquired' || event === 'refreshed' })
    })
    return vendor
  })
  // A refresh token that is being sent must not be lost: it is valid for one use.
  process.once('SIGTERM', () => {
    void Promise.all(connected.map((vendor) => vendor.close())).finally(() => process.exit())
  })
  await Promise.all(connected.map((vendor) => poll(vendor, connected, pollMs)))
}

async function poll(vendor: Vendor, all: readonly Vendor[], pollMs: number): Promise<never> {
  const token = watchToken(vendor.credential, Date.now)
  for (;;) {
    if (token.state().state !== 'sign-in') await vendor.touch().catch(() => undefined)
    await token.look().catch(() => undefined)
    const figures = all.map((each) => each.figures())
    const sum = (of: 'requests' | 'failures') => figures.reduce((total, each) => total + each[of], 0)
    tell({ type: 'counts', requests: sum('requests'), failures: sum('failures') })
    await sleep(vendor.source === 'simulator' ? pollMs : LIVE_POLL_MS)
  }
}

process.on('message', (message: ToSecond) => {
  if (message.type === 'start') void start(message)
  else clocks.get(message.card)?.advance(message.ms - (clocks.get(message.card)?.ahead() ?? 0))
})
// It ends with the first process.
process.on('disconnect', () => process.exit())
process.on('SIGINT', () => undefined)

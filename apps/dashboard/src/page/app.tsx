import type { JSX } from 'preact'
import { Announcer } from './announcer.tsx'
import { Card } from './card.tsx'
import { Everything } from './everything.tsx'
import { Header } from './header.tsx'
import { LatencyPanel } from './latency-panel.tsx'
import type { LiveState } from './live-state.ts'
import { Timeline } from './timeline.tsx'

export function App({ live }: { readonly live: LiveState }): JSX.Element {
  const { cards, timeline, latency, totals, second, burst, store } = live.state.value
  return (
    <>
      <Header totals={totals} cards={cards} live={live} />
      <main>
        <div class="overview">
          <LatencyPanel latency={latency} cards={cards} />
          <Timeline entries={timeline} cards={cards} />
        </div>
        <div class="cards">
          {cards.map((card, index) => (
            <Card key={card.id} card={card} place={index} live={live} />
          ))}
          <Everything second={second} burst={burst} store={store} cards={cards} live={live} />
        </div>
      </main>
      <Announcer entries={timeline} />
    </>
  )
}

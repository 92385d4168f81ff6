import type { JSX } from 'preact'
import { Announcer } from './announcer.tsx'
import { Card } from './card.tsx'
import { Header } from './header.tsx'
import { LatencyPanel } from './latency-panel.tsx'
import type { LiveState } from './live-state.ts'
import { SecondCard } from './second-card.tsx'
import { Timeline } from './timeline.tsx'
import { PARTS, type Tour } from './tour.ts'
import { TryBar } from './try-bar.tsx'

export function App({ live, tour }: { readonly live: LiveState; readonly tour: Tour }): JSX.Element {
  const { cards, timeline, latency, totals, second, burst, store } = live.state.value
  const isSimulated = cards.some(({ source }) => source === 'simulator')
  const shown = tour.now.value?.about
  return (
    <>
      <Header totals={totals} cards={cards} live={live} />
      <main>
        {isSimulated && <TryBar tour={tour} burst={burst} live={live} />}
        <div class="overview">
          <LatencyPanel latency={latency} cards={cards} isShown={shown === PARTS.latency} />
          <Timeline entries={timeline} cards={cards} />
        </div>
        <div class="cards">
          {cards.map((card, index) => (
            <Card key={card.id} card={card} place={index} isShown={card.id === shown} live={live} />
          ))}
          {second.available && (
            <SecondCard
              second={second}
              store={store}
              isSimulated={isSimulated}
              isShown={shown === PARTS.second}
              live={live}
            />
          )}
        </div>
      </main>
      <Announcer entries={timeline} />
    </>
  )
}

import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { BurstState } from '../state.ts'
import type { LiveState } from './live-state.ts'
import { PARTS, type Playing, type Tour } from './tour.ts'
import { count, GLOBAL_HINTS, QUICK_START } from './words.ts'

interface TryBarProps {
  readonly tour: Tour
  readonly burst: BurstState | undefined
  readonly live: LiveState
}

/** What to press first: an automatic tour, and one button that breaks everything. */
export function TryBar({ tour, burst, live }: TryBarProps): JSX.Element {
  const playing = tour.now.value
  useEffect(() => show(playing?.about), [playing?.about])
  const plays = playing !== undefined && playing.step <= playing.of
  return (
    <section id={PARTS.try} class={plays ? 'try playing' : 'try'} aria-label="Try it">
      <div class="panel tour" data-tour={playing?.step ?? ''}>
        <button
          type="button"
          class="primary"
          title={plays ? 'Ends the tour. What it broke recovers within 20 s.' : TOUR_HINT}
          onClick={() => (plays ? tour.stop() : void tour.start())}
        >
          {plays ? 'Stop the tour' : playing ? 'Play the tour again' : 'Start the tour'}
        </button>
        <p class="see" aria-live="polite">
          {playing ? <Caption playing={playing} /> : TOUR_HINT}
        </p>
        {plays && (
          <progress key={playing.step} class="steps" max={playing.of} value={playing.step} aria-label="Steps" />
        )}
      </div>
      <div class="panel stress">
        <button
          type="button"
          disabled={isRunning(burst)}
          title={GLOBAL_HINTS.burst}
          onClick={() => void live.press('burst')}
        >
          500 requests at once
        </button>
        <p data-burst>{burstText(burst)}</p>
      </div>
    </section>
  )
}

const TOUR_HINT =
  'Plays for 40 seconds: a token expires, one is revoked, a vendor is down, two processes share a store.'

function Caption({ playing: { step, of, title, see } }: { readonly playing: Playing }): JSX.Element {
  return (
    <>
      <strong>{step > of ? title : `${step} of ${of}: ${title}`}</strong> {see}
      {step > of && (
        <>
          {' '}
          <a href={QUICK_START}>Quick start</a>
        </>
      )}
    </>
  )
}

/** Scrolls to what a step is about, no further than need be. */
function show(about: string | undefined): void {
  if (about === undefined) return
  const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth'
  document.getElementById(about)?.scrollIntoView({ block: 'nearest', behavior })
}

function isRunning(burst: BurstState | undefined): boolean {
  return burst !== undefined && burst.durationMs === undefined
}

function burstText(burst: BurstState | undefined): string {
  if (burst === undefined) return 'All tokens expire first: how many token calls does it take?'
  const { requests, failures, tokenCalls, durationMs, vendors } = burst
  if (durationMs === undefined) return `${requests} requests to ${vendors} vendors are on their way …`
  const took = `${requests} requests, ${count(failures)} failures, ${count(tokenCalls)} token calls`
  return `${took}, in ${(durationMs / 1000).toFixed(1)} s.`
}

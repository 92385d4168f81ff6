import type { JSX } from 'preact'
import type { CardState, DashboardState } from '../state.ts'
import { Explained } from './explained.tsx'
import type { LiveState } from './live-state.ts'
import { count, MEANINGS, QUICK_START } from './words.ts'

interface HeaderProps {
  readonly totals: DashboardState['totals']
  readonly cards: readonly CardState[]
  readonly live: LiveState
}

export function Header({ totals, cards, live }: HeaderProps): JSX.Element {
  return (
    <header class="top">
      <div class="promise">
        <p class="brand">
          <Mark /> valetkey
        </p>
        <h1>
          Tokens die. <span>Your requests do not notice.</span>
        </h1>
        <p class="lede">
          Five vendors, three HTTP clients. valetkey refreshes each token before it expires, replaces it when the API
          refuses it, and makes one token call for any number of waiting requests. {sourceOf(cards)}
        </p>
      </div>
      <div class="numbers">
        <dl class="totals">
          <Total name="requests" value={totals.requests} />
          <Total name="failures" value={totals.failures} note={noteOf(totals)} good={totals.failures === 0} explained />
          <Total name="token calls" value={totals.tokenCalls} />
        </dl>
        <p class="connection">
          <button
            type="button"
            class="quiet"
            aria-pressed={live.paused.value}
            title="Stops or resumes the updates of this page. The vendors continue."
            onClick={live.togglePause}
          >
            {live.paused.value ? 'Resume' : 'Pause'}
          </button>
          <span>{live.connected.value ? (live.paused.value ? 'paused' : 'live') : 'connecting …'}</span>
          <a href={QUICK_START}>Quick start</a>
        </p>
      </div>
    </header>
  )
}

interface TotalProps {
  readonly name: string
  readonly value: number
  readonly note?: string | undefined
  readonly good?: boolean
  readonly explained?: boolean
}

function Total({ name, value, note = ' ', good = false, explained = false }: TotalProps): JSX.Element {
  return (
    <div class={good ? 'total good' : 'total'}>
      <dt>
        {explained ? (
          <Explained id={`total-${name}`} text={MEANINGS.failures}>
            {name}
          </Explained>
        ) : (
          name
        )}
      </dt>
      <dd>{count(value)}</dd>
      <dd class="note">{note}</dd>
    </div>
  )
}

function noteOf({ failures, brokenOnPurpose }: HeaderProps['totals']): string {
  if (failures === 0) return 'none so far'
  return brokenOnPurpose === failures
    ? 'all while you broke things'
    : `${count(brokenOnPurpose)} while you broke things`
}

function sourceOf(cards: readonly CardState[]): string {
  const live = cards.filter(({ source }) => source === 'live').map(({ name }) => name)
  if (live.length === 0)
    return 'All five are simulated on this machine, with tokens that expire within a minute: break any of them.'
  if (live.length === cards.length) return 'All of them are real.'
  return `${live.join(', ')} ${live.length === 1 ? 'is' : 'are'} real, the others are simulated on this machine.`
}

function Mark(): JSX.Element {
  return (
    <svg viewBox="0 0 32 20" width="32" height="20" aria-hidden="true" focusable="false">
      <circle cx="9" cy="10" r="6.5" fill="none" stroke="currentColor" stroke-width="4" />
      <path d="M15.5 10H30M26 10v6" fill="none" stroke="currentColor" stroke-width="4" />
    </svg>
  )
}

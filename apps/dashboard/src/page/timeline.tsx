import type { JSX } from 'preact'
import type { CardState, EntryKind, TimelineEntry } from '../state.ts'

interface TimelineProps {
  readonly entries: readonly TimelineEntry[]
  readonly cards: readonly CardState[]
}

/** A line's place in the list stays while what it says moves on: nothing jumps. */
export function Timeline({ entries, cards }: TimelineProps): JSX.Element {
  return (
    <section class="panel timeline" aria-labelledby="timeline-title">
      <div class="panel-top">
        <h2 id="timeline-title">What happens to the tokens</h2>
        <p class="hint">newest first</p>
      </div>
      <ol tabindex={0} aria-labelledby="timeline-title">
        {entries.map((entry, line) => (
          <li key={line} class={`${entry.kind} vendor-${cards.findIndex(({ id }) => id === entry.card)}`}>
            <time dateTime={new Date(entry.at).toISOString()}>{timeOf(entry.at)}</time>
            <span class="who">{entry.name}</span>
            <span class="what">
              <span class="sign" aria-hidden="true">
                {SIGNS[entry.kind]}
              </span>
              {entry.text}
              {entry.count > 1 && <b class="times"> × {entry.count}</b>}
              {entry.process === 2 && <b class="process"> process 2</b>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

const SIGNS: { readonly [K in EntryKind]: string } = { good: '✓', shared: '⇄', refused: '!', failed: '✕', you: '›' }

function timeOf(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB')
}

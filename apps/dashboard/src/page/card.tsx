import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import type { CardState } from '../state.ts'
import { CodeDialog } from './code-dialog.tsx'
import { Explained } from './explained.tsx'
import type { LiveState } from './live-state.ts'
import { ReadingChart } from './reading-chart.tsx'
import { Ring } from './ring.tsx'
import { useFocusKept } from './use-focus-kept.ts'
import { ACTIONS, CONCLUSIONS, count, hintOf, MEANINGS, statusOf } from './words.ts'

interface CardProps {
  readonly card: CardState
  /** Decides its colour. */
  readonly place: number
  /** The tour is about it. */
  readonly isShown: boolean
  readonly live: LiveState
}

export function Card({ card, place, isShown, live }: CardProps): JSX.Element {
  const { id, name, grant, client, source, reading, token } = card
  return (
    <article
      id={id}
      class={`card vendor-${place}${isShown ? ' shown' : ''}`}
      aria-labelledby={`${id}-name`}
      data-card={id}
    >
      <div class="card-top">
        <div class="title">
          <h2 id={`${id}-name`}>{name}</h2>
          <p class="how">
            <span>{grant}</span>
            <span>{client}</span>
            <span class={`source ${source}`}>{source === 'live' ? 'real' : 'simulated'}</span>
          </p>
          <p class="headline">
            <strong>{reading?.headline.value ?? '–'}</strong> <span>{reading?.headline.label ?? 'not read yet'}</span>
          </p>
        </div>
        <Ring id={id} name={name} token={token} />
      </div>
      <p class="conclusion">{CONCLUSIONS[card.code]}</p>
      <ReadingChart name={name} chart={reading?.chart} place={place} />
      <p class={`status ${token.state}`} title={card.problem} data-status>
        {statusOf(card)}
      </p>
      <Counts card={card} />
      <Buttons card={card} live={live} />
    </article>
  )
}

function Counts({ card: { id, counts, generation, token } }: { readonly card: CardState }): JSX.Element {
  const figures = [
    ['requests', counts.requests],
    ['failures', counts.failures],
    ['token calls', counts.tokenCalls],
    ['replays', counts.replays],
    [token.state === 'key' ? 'key' : 'generation', generation],
  ] as const
  return (
    <dl class="counts">
      {figures.map(([name, value]) => (
        <div key={name} data-figure={name}>
          <dt>
            {isExplained(name) ? (
              <Explained id={`${id}-${name}`} text={MEANINGS[name]}>
                {name}
              </Explained>
            ) : (
              name
            )}
          </dt>
          <dd>{count(value)}</dd>
        </div>
      ))}
    </dl>
  )
}

const EXPLAINED = ['replays', 'generation', 'key'] as const

function isExplained(name: string): name is (typeof EXPLAINED)[number] {
  return EXPLAINED.some((each) => each === name)
}

function Buttons({ card, live }: { readonly card: CardState; readonly live: LiveState }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const breaks = useFocusKept(card.actions.join())
  return (
    <div class="buttons">
      <fieldset class="breaks" aria-label={`Break ${card.name}`} ref={breaks}>
        {card.actions.map((action) => (
          <button
            key={action}
            type="button"
            class={action === 'sign-in' ? 'primary' : ''}
            aria-label={`${ACTIONS[action]}: ${card.name}`}
            title={hintOf(action, card)}
            onClick={() => void live.pressCard(card, action)}
          >
            {ACTIONS[action]}
          </button>
        ))}
        {card.actions.length === 0 && <p class="hands-off">A real account: this page breaks nothing in it.</p>}
      </fieldset>
      <button
        type="button"
        class="quiet"
        aria-label={`Show me the code: ${card.name}`}
        aria-haspopup="dialog"
        title="Shows the file by which this page connects, to copy."
        onClick={() => dialog.current?.showModal()}
      >
        Show me the code
      </button>
      <CodeDialog dialog={dialog} name={card.name} code={card.code} />
    </div>
  )
}

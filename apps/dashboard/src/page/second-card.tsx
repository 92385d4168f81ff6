import type { JSX } from 'preact'
import type { DashboardState, SecondState } from '../state.ts'
import type { LiveState } from './live-state.ts'
import { PARTS } from './tour.ts'
import { count, GLOBAL_HINTS } from './words.ts'

interface SecondCardProps {
  readonly second: SecondState
  readonly store: DashboardState['store']
  /** Whether there is a token that can expire on request. */
  readonly isSimulated: boolean
  /** The tour is about it. */
  readonly isShown: boolean
  readonly live: LiveState
}

const STORES = { file: 'a folder', redis: 'Redis', postgres: 'Postgres' } as const

export function SecondCard({ second, store, isSimulated, isShown, live }: SecondCardProps): JSX.Element {
  const { running, renewals, requests, failures } = second
  const toggle = running ? 'second-stop' : 'second-start'
  return (
    <section
      id={PARTS.second}
      class={isShown ? 'card everything shown' : 'card everything'}
      aria-labelledby="everything-name"
    >
      <h2 id="everything-name">Two processes, one store</h2>
      <p class="conclusion">Any number of processes share one token call: one gets the token, the others adopt it.</p>
      <ol>
        <li>Start a second process.</li>
        <li>Expire every token.</li>
        <li>See which of the two made each token call.</li>
      </ol>
      <table>
        <caption>New tokens since step 1 (the store is {STORES[store]})</caption>
        <thead>
          <tr>
            <th scope="col">Refreshed by</th>
            <th scope="col">process 1</th>
            <th scope="col">process 2</th>
          </tr>
        </thead>
        <tbody>
          {renewals.map(({ name, byFirst, bySecond }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{running ? byFirst : '–'}</td>
              <td>{running ? bySecond : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint" data-second>
        {running
          ? `Process 2 runs: ${count(requests)} requests, ${count(failures)} failures.`
          : 'Process 2 is not running.'}
      </p>
      <div class="breaks">
        <button type="button" title={GLOBAL_HINTS[toggle]} onClick={() => void live.press(toggle)}>
          {running ? 'Stop the second process' : 'Start a second process'}
        </button>
        {isSimulated && (
          <button type="button" title={GLOBAL_HINTS['expire-all']} onClick={() => void live.press('expire-all')}>
            Expire every token
          </button>
        )}
      </div>
    </section>
  )
}

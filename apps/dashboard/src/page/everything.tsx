import type { JSX } from 'preact'
import type { BurstState, CardState, DashboardState, SecondState } from '../state.ts'
import type { LiveState } from './live-state.ts'
import { count } from './words.ts'

interface EverythingProps {
  readonly second: SecondState
  readonly burst: BurstState | undefined
  readonly store: DashboardState['store']
  readonly cards: readonly CardState[]
  readonly live: LiveState
}

const STORES = { file: 'files', redis: 'Redis', postgres: 'Postgres' } as const

export function Everything({ second, burst, store, cards, live }: EverythingProps): JSX.Element {
  const simulated = cards.some(({ source }) => source === 'simulator')
  return (
    <section class="card everything" aria-labelledby="everything-name">
      <h2 id="everything-name">All of them at once</h2>
      {simulated && (
        <div class="stress">
          <button type="button" class="primary" disabled={isRunning(burst)} onClick={() => void live.press('burst')}>
            500 requests at once
          </button>
          <p data-burst>{burstText(burst)}</p>
        </div>
      )}
      {second.available && <Second second={second} store={store} simulated={simulated} live={live} />}
    </section>
  )
}

function isRunning(burst: BurstState | undefined): boolean {
  return burst !== undefined && burst.durationMs === undefined
}

function burstText(burst: BurstState | undefined): string {
  if (burst === undefined) return 'Over tokens that have just expired: how many token calls will it take?'
  const { requests, failures, tokenCalls, durationMs, vendors } = burst
  if (durationMs === undefined) return `${requests} requests to ${vendors} vendors are on their way …`
  const took = `${requests} requests, ${count(failures)} failures, ${count(tokenCalls)} token calls`
  return `${took}, in ${(durationMs / 1000).toFixed(1)} s.`
}

interface SecondProps {
  readonly second: SecondState
  readonly store: DashboardState['store']
  readonly simulated: boolean
  readonly live: LiveState
}

function Second({ second, store, simulated, live }: SecondProps): JSX.Element {
  const { running, renewals, requests, failures } = second
  return (
    <div class="second">
      <p>
        Two server processes, one store ({STORES[store]}). When a token ends, one of them makes the call and the other
        adopts the result.
      </p>
      <table>
        <caption class="unseen">Tokens got since the second process was started</caption>
        <thead>
          <tr>
            <th scope="col">Renewed by</th>
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
        {running ? (
          <button type="button" onClick={() => void live.press('second-stop')}>
            Stop the second process
          </button>
        ) : (
          <button type="button" onClick={() => void live.press('second-start')}>
            Start a second process
          </button>
        )}
        {simulated && (
          <button type="button" onClick={() => void live.press('expire-all')}>
            Expire every token
          </button>
        )}
      </div>
    </div>
  )
}

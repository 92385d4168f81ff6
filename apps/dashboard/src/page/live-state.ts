import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { CardAction, CardState, DashboardState, GlobalAction, Latency } from '../state.ts'

/** What the page knows, kept up to date by the server. */
export interface LiveState {
  readonly state: ReadonlySignal<DashboardState>
  readonly paused: ReadonlySignal<boolean>
  /** False while the server cannot be reached; the browser reconnects automatically. */
  readonly connected: ReadonlySignal<boolean>
  togglePause(): void
  press(action: GlobalAction): Promise<void>
  pressCard(card: CardState, action: CardAction): Promise<void>
}

export function followServer(first: DashboardState): LiveState {
  const newest = signal(first)
  const shown = signal(first)
  const paused = signal(false)
  const connected = signal(true)
  effect(() => {
    const state = newest.value
    if (!paused.value) shown.value = state
  })
  const source = new EventSource('/events')
  source.onopen = () => {
    connected.value = true
  }
  source.onerror = () => {
    connected.value = false
  }
  source.onmessage = ({ data }: MessageEvent<string>) => {
    const state: DashboardState = JSON.parse(data)
    newest.value = { ...state, latency: joined(newest.value.latency, state.latency) }
  }
  return {
    state: computed(() => shown.value),
    paused,
    connected,
    togglePause() {
      paused.value = !paused.value
    },
    async press(action) {
      await post(`/actions/${action}`)
    },
    async pressCard({ id }, action) {
      const answer = await post(action === 'sign-in' ? `/cards/${id}/sign-in` : `/cards/${id}/actions/${action}`)
      if (action !== 'sign-in' || !answer?.ok) return
      const { url }: { url: string } = await answer.json()
      location.assign(url)
    },
  }
}

/** As many as the server keeps. */
const ROWS = 180

/** Updates repeat the last rows only. */
function joined(known: Latency, update: Latency): Latency {
  const rows = [...known.rows.slice(0, Math.max(0, update.from - known.from)), ...update.rows].slice(-ROWS)
  return { ...update, rows, from: update.from + update.rows.length - rows.length }
}

/** Undefined: the server cannot be reached, which the page says anyway. */
function post(path: string): Promise<Response | undefined> {
  return fetch(path, { method: 'POST' }).catch(() => undefined)
}

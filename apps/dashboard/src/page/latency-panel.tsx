import type { JSX } from 'preact'
import { useMemo, useRef } from 'preact/hooks'
import type uPlot from 'uplot'
import type { CardState, Latency } from '../state.ts'
import { chartFont, color } from './chart-colors.ts'
import { PARTS } from './tour.ts'
import { type PlotOptions, usePlot } from './use-plot.ts'

interface LatencyPanelProps {
  readonly latency: Latency
  readonly cards: readonly CardState[]
  /** The tour is about it. */
  readonly isShown: boolean
}

const HEIGHT_PX = 236

/** Every token dies within. s */
const SHOWN_S = 90

/** From what is not noticed to what is, ms. */
const TICKS_MS = [1, 10, 100, 1_000, 10_000]

export function LatencyPanel({ latency, cards, isShown }: LatencyPanelProps): JSX.Element {
  const marks = useRef<Marks>(marksOf(latency))
  marks.current = marksOf(latency)
  const data = useMemo(() => dataOf(latency, cards.length), [latency])
  const element = usePlot(() => optionsOf(cards, marks), data, HEIGHT_PX)
  return (
    <section
      id={PARTS.latency}
      class={isShown ? 'panel latency shown' : 'panel latency'}
      aria-labelledby="latency-title"
    >
      <div class="panel-top">
        <h2 id="latency-title">Latency of every request</h2>
        <p class="hint">last 90 s; a dashed line is a new token</p>
      </div>
      <div class="plot" ref={element} role="img" aria-label={describe(latency, cards)} />
      <ul class="legend">
        {cards.map(({ id, name }, place) => (
          <li key={id} class={`vendor-${place}`}>
            {name}
          </li>
        ))}
        <li class="failed">failed request</li>
      </ul>
    </section>
  )
}

interface Marks {
  readonly tokens: readonly SecondsMark[]
  readonly failures: readonly SecondsMark[]
}

interface SecondsMark {
  /** Before now. */
  readonly s: number
  readonly card: number
}

function marksOf({ marks, failures, from, rows, tickMs }: Latency): Marks {
  const inSeconds = (all: Latency['marks']) =>
    all.map(({ tick, card }) => ({ card, s: ((tick - from - rows.length) * tickMs) / 1000 }))
  return { tokens: inSeconds(marks), failures: inSeconds(failures) }
}

/** `undefined`: no request, the line goes on; `null`: one failed, the line ends. */
function dataOf({ rows, tickMs, failures, from }: Latency, cards: number): uPlot.AlignedData {
  const failed = new Set(failures.map(({ tick, card }) => `${tick} ${card}`))
  const times = rows.map((_, index) => ((index - rows.length) * tickMs) / 1000)
  const of = (card: number) =>
    rows.map((row, index) => {
      if (failed.has(`${from + index} ${card}`)) return null
      return row[card] == null ? undefined : Math.max(1, row[card])
    })
  return [times, ...Array.from({ length: cards }, (_, card) => of(card))]
}

function describe({ rows, marks, failures }: Latency, cards: readonly CardState[]): string {
  const last = rows
    .slice(-60)
    .flat()
    .filter((ms) => ms !== null)
  const middle = last.toSorted((one, other) => one - other)[Math.floor(last.length / 2)]
  const typical = middle === undefined ? 'no request yet' : `typically ${Math.round(middle)} ms`
  const failed = failures.length === 0 ? 'no request failed' : `requests failed ${failures.length} times`
  return `Latency of the requests to ${cards.length} vendors: ${typical}; ${marks.length} new tokens, ${failed}`
}

function optionsOf(cards: readonly CardState[], marks: { readonly current: Marks }): PlotOptions {
  const axis = { stroke: color('muted'), font: chartFont(), ticks: { show: false } }
  const grid = { stroke: color('line'), width: 1 }
  const colors = cards.map((_, place) => color(`vendor-${place}`))
  return {
    scales: { x: { time: false, range: [-SHOWN_S, 0] }, y: { distr: 3, range: [1, 10_000] } },
    legend: { show: false },
    cursor: { show: false },
    padding: [10, 18, 0, 0],
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24,
        splits: () => [-90, -60, -30, 0],
        values: (_, splits) => splits.map((s) => (s === 0 ? 'now' : `${s} s`)),
      },
      {
        ...axis,
        grid,
        size: 46,
        splits: () => TICKS_MS,
        values: (_, splits) => splits.map(duration),
        filter: (_, splits) => splits,
      },
    ],
    series: [{}, ...colors.map((stroke) => ({ stroke, width: 1.5, points: { show: false } }))],
    hooks: {
      drawClear: [(plot) => drawTokens(plot, marks.current.tokens, colors)],
      draw: [(plot) => drawFailures(plot, marks.current.failures, color('bad'))],
    },
  }
}

function duration(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`
}

function drawTokens(plot: uPlot, marks: readonly SecondsMark[], colors: readonly string[]): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio])
  for (const { s, card } of marks) {
    const x = plot.valToPos(s, 'x', true)
    if (x < bbox.left) continue
    ctx.strokeStyle = colors[card] ?? ''
    ctx.globalAlpha = 0.55
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
}

/** Half the width of a cross, CSS px. */
const CROSS_PX = 3.5
/** Vendors that fail at once stand one below the other. */
const LINE_PX = 11

function drawFailures(plot: uPlot, failures: readonly SecondsMark[], stroke: string): void {
  const { ctx, bbox } = plot
  const half = CROSS_PX * devicePixelRatio
  ctx.save()
  ctx.strokeStyle = stroke
  ctx.lineWidth = 1.75 * devicePixelRatio
  for (const { s, card } of failures) {
    const x = plot.valToPos(s, 'x', true)
    const y = bbox.top + (card + 0.7) * LINE_PX * devicePixelRatio
    if (x < bbox.left) continue
    ctx.beginPath()
    ctx.moveTo(x - half, y - half)
    ctx.lineTo(x + half, y + half)
    ctx.moveTo(x + half, y - half)
    ctx.lineTo(x - half, y + half)
    ctx.stroke()
  }
  ctx.restore()
}

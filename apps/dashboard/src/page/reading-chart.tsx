import type { JSX } from 'preact'
import type { Chart, Point } from '../vendors/reading.ts'
import { HourChart } from './hour-chart.tsx'
import { count } from './words.ts'

interface ReadingChartProps {
  readonly name: string
  readonly chart: Chart | undefined
  readonly place: number
}

export function ReadingChart({ name, chart, place }: ReadingChartProps): JSX.Element {
  const points = chart?.points ?? []
  return (
    <figure class="reading">
      <figcaption>{chart?.title ?? 'Not read yet'}</figcaption>
      {chart?.kind === 'hours' ? (
        <HourChart name={name} title={chart.title} points={points} place={place} />
      ) : (
        <Rows points={points} />
      )}
    </figure>
  )
}

function Rows({ points }: { readonly points: readonly Point[] }): JSX.Element {
  const most = Math.max(...points.map(({ value }) => value))
  return (
    <ul class="rows">
      {points.slice(0, 3).map(({ label, value, note }) => (
        <li key={label}>
          <span class="row-label">
            {label} {note && <small>{note}</small>}
          </span>
          <span class="row-value">{count(value)}</span>
          <svg class="bar" aria-hidden="true" viewBox="0 0 100 6" preserveAspectRatio="none" focusable="false">
            <rect class="bar-track" width="100" height="6" />
            <rect class="bar-value" width={(100 * value) / most} height="6" />
          </svg>
        </li>
      ))}
    </ul>
  )
}

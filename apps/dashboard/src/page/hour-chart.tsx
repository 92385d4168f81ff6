import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import uPlot from 'uplot'
import type { Point } from '../vendors/reading.ts'
import { chartFont, color } from './chart-colors.ts'
import { type PlotOptions, usePlot } from './use-plot.ts'

interface HourChartProps {
  readonly name: string
  readonly title: string
  readonly points: readonly Point[]
  /** Of the card; decides the colour. */
  readonly place: number
}

const HEIGHT_PX = 104

/** A column for each hour. */
export function HourChart({ name, title, points, place }: HourChartProps): JSX.Element {
  const key = points.map(({ label, value }) => `${label} ${Math.round(value)}`).join()
  const data = useMemo(
    () => [points.map((_, index) => index), points.map(({ value }) => value)] as uPlot.AlignedData,
    [key],
  )
  const element = usePlot(() => optionsOf(points, place), data, HEIGHT_PX)
  return <div class="plot hours" ref={element} role="img" aria-label={describe(name, title, points)} />
}

function describe(name: string, title: string, points: readonly Point[]): string {
  const most = points.toSorted((one, other) => other.value - one.value)[0]
  return `${name}. ${title}${most ? `: most at ${most.label}, ${Math.round(most.value)}` : ''}`
}

function optionsOf(points: readonly Point[], place: number): PlotOptions {
  const muted = color('muted')
  const axis = { stroke: muted, font: chartFont(), ticks: { show: false } }
  return {
    scales: {
      x: { time: false, range: (_, min, max) => [min - 0.6, max + 0.6] },
      y: { range: (_, __, max) => [0, max * 1.1] },
    },
    legend: { show: false },
    cursor: { show: false },
    padding: [4, 16, 0, 0],
    axes: [
      {
        ...axis,
        size: 18,
        gap: 4,
        grid: { show: false },
        splits: () => points.map((_, index) => index).filter((index) => (index + 1) % 6 === 0),
        values: (_, splits) => splits.map((index) => points[index]?.label ?? ''),
      },
      { ...axis, size: 30, gap: 4, space: 30, grid: { stroke: color('line'), width: 1 } },
    ],
    series: [
      {},
      {
        fill: color(`vendor-${place}`),
        width: 0,
        points: { show: false },
        ...(uPlot.paths.bars && { paths: uPlot.paths.bars({ size: [0.72], radius: 0.25 }) }),
      },
    ],
  }
}

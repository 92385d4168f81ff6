import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { onSchemeChange } from './chart-colors.ts'

export type PlotOptions = Omit<uPlot.Options, 'width' | 'height'>

/** Keeps a chart as wide as its place, in the colours of the moment. @param options read again when the colours change */
export function usePlot(
  options: () => PlotOptions,
  data: uPlot.AlignedData,
  height: number,
): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const newest = useRef(data)
  newest.current = data
  useEffect(() => {
    const element = place.current
    if (element === null) return undefined
    const draw = () => {
      plot.current?.destroy()
      plot.current = new uPlot({ ...options(), width: element.clientWidth, height }, newest.current, element)
    }
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }))
    draw()
    observer.observe(element)
    const stop = onSchemeChange(draw)
    return () => {
      stop()
      observer.disconnect()
      plot.current?.destroy()
    }
  }, [])
  useEffect(() => plot.current?.setData(data), [data])
  return place
}

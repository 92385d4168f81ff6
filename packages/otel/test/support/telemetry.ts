import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

/** Never by itself: a test collects when it wants to look. */
const INTERVAL_MS = 600_000

/** The SDK, with exporters that keep everything. */
export function startTelemetry() {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const spanExporter = new InMemorySpanExporter()
  const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })] })
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: INTERVAL_MS })
  const meterProvider = new MeterProvider({ readers: [reader] })
  const collect = async (): Promise<ResourceMetrics> => {
    await meterProvider.forceFlush()
    const last = metricExporter.getMetrics().at(-1)
    if (!last) throw new Error('nothing was collected')
    return last
  }
  return {
    tracerProvider,
    meterProvider,
    /** The options of `instrument`. */
    sdk: { tracer: tracerProvider.getTracer('test'), meter: meterProvider.getMeter('test') },
    spans: (): readonly ReadableSpan[] => spanExporter.getFinishedSpans(),
    collect,
    /** The points of a metric: the attributes of each, and its value or, of a histogram, count and sum. */
    async points(name: string) {
      const { scopeMetrics } = await collect()
      const metrics = scopeMetrics
        .flatMap((scope) => scope.metrics)
        .filter(({ descriptor }) => descriptor.name === name)
      return metrics.flatMap(({ dataPoints }) =>
        dataPoints.map(({ attributes, value }) => ({ attributes, ...shownValue(value) })),
      )
    },
    async close() {
      context.disable()
      await Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()])
    },
  }
}

function shownValue(value: unknown): { readonly value: number } | { readonly count: number; readonly sum?: number } {
  if (typeof value === 'number') return { value }
  const { count, sum = Number.NaN } = value as Histogram
  return { count, sum }
}

/** Duration of a span, ms. */
export function durationOf({ duration: [seconds, nanoseconds] }: Pick<ReadableSpan, 'duration'>): number {
  return seconds * 1000 + nanoseconds / 1_000_000
}

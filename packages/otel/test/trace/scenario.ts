import { setTimeout as pause } from 'node:timers/promises'
import { context, SpanKind, trace } from '@opentelemetry/api'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { systemClock } from '@valetkey/core/kit'
import { withCredential } from '@valetkey/fetch'
import { authorizationCode } from '@valetkey/oauth2'
import { instrument } from '@valetkey/otel'
import { durationOf, startTelemetry } from '../support/telemetry.ts'
import { startVendor } from '../support/vendor.ts'

/** A span, as the picture shows it. Times in ms since the first one began. */
export interface Row {
  readonly label: string
  readonly depth: number
  readonly start: number
  readonly duration: number
}

/** So long ago the token was obtained: every server of the API knows it. */
const TOKEN_AGE_MS = 60_000

/**
 * The trace of a request to a program, which asks the vendor's API with a token that the API refuses: the spans of `instrument`, those of
 * OpenTelemetry's instrumentation of fetch, and the program's own.
 * @param pauseMs how long the vendor takes for its answer to a path
 */
export async function traceReplayedRequest(pauseMs: (path: string) => number): Promise<readonly Row[]> {
  const vendor = await startVendor({ pause: (path) => pause(pauseMs(path)) })
  const telemetry = startTelemetry()
  const ofFetch = new UndiciInstrumentation()
  ofFetch.setTracerProvider(telemetry.tracerProvider)
  let ageMs = TOKEN_AGE_MS
  const clock = systemClock
  const credential = authorizationCode({
    vendor: 'acme',
    origins: [vendor.origin],
    tokenUrl: `${vendor.origin}/token`,
    authorizationUrl: `${vendor.origin}/authorize`,
    redirectUri: 'https://app.example/callback',
    clientId: 'client',
    clientSecret: 'secret',
    allowInsecureRequests: true,
    clock: { ...clock, now: () => clock.now() - ageMs, monotonic: () => clock.monotonic() - ageMs },
  })
  try {
    await credential.importTokens({ accessToken: 'revoked', refreshToken: 'refresh' })
    await credential.getToken()
    ageMs = 0
    instrument(credential, telemetry.sdk)
    const request = telemetry.sdk.tracer.startSpan('GET /harbour', { kind: SpanKind.SERVER })
    await context.with(trace.setSpan(context.active(), request), async () => {
      const response = await withCredential(fetch, credential)(`${vendor.origin}/boats`)
      await response.text()
    })
    request.end()
    return rowsOf(telemetry.spans())
  } finally {
    ofFetch.disable()
    await telemetry.close()
    await vendor.close()
  }
}

function rowsOf(spans: readonly ReadableSpan[]): readonly Row[] {
  const first = Math.min(...spans.map(startOf))
  const parentOf = ({ parentSpanContext }: ReadableSpan) =>
    spans.find((span) => span.spanContext().spanId === parentSpanContext?.spanId)
  const depthOf = (span: ReadableSpan): number => {
    const parent = parentOf(span)
    return parent ? 1 + depthOf(parent) : 0
  }
  return spans
    .map((span) => ({
      label: labelOf(span),
      depth: depthOf(span),
      start: startOf(span) - first,
      duration: durationOf(span),
    }))
    .toSorted((a, b) => a.depth - b.depth || a.start - b.start)
}

function startOf({ startTime: [seconds, nanoseconds] }: ReadableSpan): number {
  return seconds * 1000 + nanoseconds / 1_000_000
}

function labelOf({ name, attributes }: ReadableSpan): string {
  const { 'url.path': path, 'http.response.status_code': status } = attributes
  return typeof path === 'string' ? `${name} ${path} ${String(status)}` : name
}

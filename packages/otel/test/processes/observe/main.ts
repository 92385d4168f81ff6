import { context, trace } from '@opentelemetry/api'
import { clientCredentials } from '@valetkey/oauth2'
import { instrument } from '@valetkey/otel'
import { fileStore } from '@valetkey/store-file'
import { durationOf, startTelemetry } from '../../support/telemetry.ts'

/** What a process tells its parent: that it waits for another, or what it measured. */
export type Told = 'ready' | 'waiting' | Measured

export interface Measured {
  readonly accessToken: string
  /** Each span: its name, whether it is a child of the request, and how long it was, ms. */
  readonly spans: readonly { readonly name: string; readonly isOfRequest: boolean; readonly durationMs: number }[]
  readonly waits: readonly unknown[]
  readonly requests: readonly unknown[]
}

// Gets a token when its parent says so, in a span, and tells what it has measured.
const [origin = '', folder = ''] = process.argv.slice(2)
const store = fileStore({ path: folder })
const credential = clientCredentials({
  vendor: 'acme',
  origins: [origin],
  tokenUrl: `${origin}/token`,
  clientId: 'client',
  clientSecret: 'secret',
  allowInsecureRequests: true,
  store: {
    ...store,
    async waitForChange(...change) {
      tell('waiting')
      await store.waitForChange?.(...change)
    },
  },
})
const telemetry = startTelemetry()
instrument(credential, telemetry.sdk)
process.on('message', () => void useToken())
tell('ready')

async function useToken(): Promise<void> {
  const request = telemetry.sdk.tracer.startSpan('request')
  const { accessToken } = await context.with(trace.setSpan(context.active(), request), () => credential.getToken())
  request.end()
  const { spanId } = request.spanContext()
  tell({
    accessToken,
    spans: telemetry.spans().map((span) => ({
      name: span.name,
      isOfRequest: span.parentSpanContext?.spanId === spanId,
      durationMs: durationOf(span),
    })),
    waits: await telemetry.points('valetkey.lease.wait.duration'),
    requests: await telemetry.points('valetkey.refresh.duration'),
  })
  process.disconnect()
}

function tell(told: Told): void {
  process.send?.(told)
}

import {
  type Attributes,
  type Counter,
  context,
  type Histogram,
  type Meter,
  metrics,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { AnyCredentialEvent, CredentialEvents, TokenRequestDetail } from '@valetkey/core'
import { hasMethods, invalidOption, knownOptions, type OptionNames } from '@valetkey/core/kit'
import { createAccounts } from './accounts.ts'
import { gaugesOf } from './gauges.ts'
import { familiesOf, type ObservedCredential } from './observed.ts'

export interface InstrumentOptions {
  /** @default `trace.getTracer('@valetkey/otel')`, which the SDK may replace later */
  readonly tracer?: Tracer | undefined
  /** @default `metrics.getMeter('@valetkey/otel')`: the SDK's meter only if the SDK was started before */
  readonly meter?: Meter | undefined
  /**
   * Maps an account to the value of the attribute `valetkey.account`, e.g. a keyed hash: account names can be personal data, and
   * each one adds a time series. Called with each event; events for which it throws are lost. @default the attribute is left out
   */
  readonly account?: ((account: string) => string) | undefined
}

const OPTIONS: OptionNames<InstrumentOptions> = { tracer: true, meter: true, account: true }

const SCOPE = '@valetkey/otel'

/**
 * Creates spans (`credential.acquire`, `credential.refresh`, `credential.wait`) and metrics for credentials. A span is a
 * child of the span that was active when the request that caused it was sent; without one it is a root. No attribute contains a secret.
 *
 * A sign-in credential covers all accounts of `for(account)`: pass it once. Gauges cover the given credentials and the accounts
 * with the latest events, up to 1,000.
 * @returns a function that ends it
 * @throws CredentialError `invalid_option`; what `account` throws
 */
export function instrument(
  credentials: ObservedCredential | readonly ObservedCredential[],
  options: InstrumentOptions = {},
): () => void {
  const families = familiesOf(credentials)
  const own = knownOptions(SCOPE, options, OPTIONS)
  const { tracer = trace.getTracer(SCOPE), meter = metrics.getMeter(SCOPE), account } = own
  if (!hasMethods(tracer, ['startSpan'])) throw invalidOption(SCOPE, 'tracer', 'must be a tracer of OpenTelemetry')
  if (!hasMethods(meter, ['createHistogram', 'createObservableGauge']))
    throw invalidOption(SCOPE, 'meter', 'must be a meter of OpenTelemetry')
  if (account !== undefined && typeof account !== 'function')
    throw invalidOption(SCOPE, 'account', 'must be a function from an account to a string')
  const attributesOf = (vendor: string, name: string): Attributes => ({
    'valetkey.vendor': vendor,
    ...(account && { 'valetkey.account': checkedName(account(name)) }),
  })
  for (const { vendor, account: name } of families.flat()) attributesOf(vendor, name)
  const instruments = createInstruments(meter)
  const ends = families.map((family) => {
    const [{ vendor, on }] = family
    const accounts = createAccounts(family, (name, read) => gaugesOf(meter).add(read, attributesOf(vendor, name)))
    const end = on('*', (...event) => {
      accounts.hear(event)
      const [, { vendor, account }] = event
      record({ tracer, instruments, attributes: attributesOf(vendor, account) }, event)
    })
    return () => {
      end()
      accounts.end()
    }
  })
  return () => {
    for (const end of ends) end()
  }
}

function checkedName(name: unknown): string {
  if (typeof name === 'string') return name
  throw invalidOption(SCOPE, 'account', 'must return a string')
}

interface Instruments {
  readonly refreshDuration: Histogram
  readonly leaseWait: Histogram
  readonly replays: Counter
}

/** Seconds: the buckets of the semantic conventions for HTTP, and up to the 60 s limit of a token request. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60]

function createInstruments(meter: Meter): Instruments {
  const inSeconds = { unit: 's', advice: { explicitBucketBoundaries: BUCKETS } }
  return {
    refreshDuration: meter.createHistogram('valetkey.refresh.duration', {
      ...inSeconds,
      description:
        'Duration of token requests, with the writes to the store before and after; failed ones have error.type',
    }),
    leaseWait: meter.createHistogram('valetkey.lease.wait.duration', {
      ...inSeconds,
      description: 'Time that requests waited for another process to refresh',
    }),
    replays: meter.createCounter('valetkey.replays', {
      unit: '{request}',
      description: 'Refused requests that were sent again, or could not be (skipped)',
    }),
  }
}

interface Recorder {
  readonly tracer: Tracer
  readonly instruments: Instruments
  /** Of the account. */
  readonly attributes: Attributes
}

function record(recorder: Recorder, [name, detail]: AnyCredentialEvent): void {
  const { instruments, attributes } = recorder
  const countReplay = (outcome: string): void =>
    instruments.replays.add(1, { ...attributes, 'valetkey.outcome': outcome })
  switch (name) {
    case 'acquired':
      return recordRequest(recorder, 'acquire', detail)
    case 'refreshed':
      return recordRequest(recorder, 'refresh', detail)
    case 'refresh_failed':
      return recordRequest(recorder, detail.mode, detail, detail)
    case 'waited':
      instruments.leaseWait.record(secondsOf(detail), attributes)
      return endSpan(recorder, 'credential.wait', detail)
    case 'replayed':
      return countReplay(detail.accepted ? 'accepted' : 'refused')
    case 'replay_skipped':
      return countReplay('skipped')
    default:
  }
}

type Timed = CredentialEvents['waited']

function recordRequest(
  recorder: Recorder,
  operation: 'acquire' | 'refresh',
  detail: Timed & TokenRequestDetail,
  failure?: CredentialEvents['refresh_failed'],
): void {
  const error = failure && { 'error.type': errorTypeOf(failure) }
  const status = failure?.status === undefined ? undefined : { 'http.response.status_code': failure.status }
  const attributes = { ...recorder.attributes, 'valetkey.operation': operation, ...error }
  recorder.instruments.refreshDuration.record(secondsOf(detail), attributes)
  endSpan(recorder, `credential.${operation}`, detail, { ...serverOf(detail.server), ...status, ...error })
}

/** A span that ends now. The listener of an event runs in the async context of the request that caused it. */
function endSpan({ tracer, attributes }: Recorder, name: string, detail: Timed, more: Attributes = {}): void {
  // A number may be read as a value of `performance.now()`.
  const startTime = new Date(detail.at - detail.durationMs)
  const all = { ...attributes, 'valetkey.generation': detail.generation, ...more }
  const span = tracer.startSpan(name, { startTime, attributes: all }, context.active())
  if (more['error.type'] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end(new Date(detail.at))
}

function secondsOf({ durationMs }: Timed): number {
  return Math.max(durationMs, 0) / 1000
}

function serverOf(origin: string | undefined): Attributes {
  if (origin === undefined) return {}
  const { hostname, port, protocol } = new URL(origin)
  const address = hostname.replace(/^\[|\]$/g, '')
  return { 'server.address': address, 'server.port': Number(port) || (protocol === 'http:' ? 80 : 443) }
}

/** A vendor can write anything into `error`, even a token: only codes that a standard or core defines are exported. */
const KNOWN_ERRORS: ReadonlySet<string> = new Set([
  // RFC 6749 §5.2 and §4.1.2.1
  ...['invalid_request', 'invalid_client', 'invalid_grant', 'unauthorized_client', 'unsupported_grant_type'],
  ...['invalid_scope', 'access_denied', 'server_error', 'temporarily_unavailable'],
  // RFC 8628 §3.5, RFC 8707 §2, RFC 9449 §5 and §8, OpenID Connect Core §3.1.2.6
  ...['authorization_pending', 'slow_down', 'expired_token', 'invalid_target', 'invalid_dpop_proof', 'use_dpop_nonce'],
  ...['interaction_required', 'login_required', 'consent_required'],
  // core, where the vendor has no code
  ...['client_rejected', 'reauthorization_required'],
])

/** Few values, as the semantic conventions require: a known code, else the status, else `token_unavailable` or `_OTHER`. */
function errorTypeOf({ reason, status }: CredentialEvents['refresh_failed']): string {
  if (KNOWN_ERRORS.has(reason)) return reason
  if (status !== undefined && status >= 400) return String(status)
  return reason === 'token_unavailable' ? reason : '_OTHER'
}

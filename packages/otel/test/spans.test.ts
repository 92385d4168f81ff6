import { context, type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import { withCredential } from '@valetkey/fetch'
import { instrument } from '@valetkey/otel'
import { expect, test } from 'vitest'
import { durationOf } from './support/telemetry.ts'
import { createWorld, KNOWN_AFTER_MS, type World } from './support/world.ts'

const HOUR_MS = 3_600_000

/** A request of the program, in a span of its own. */
async function inSpan<T>({ telemetry }: World, work: () => Promise<T>): Promise<{ result: T; span: Span }> {
  const span = telemetry.sdk.tracer.startSpan('GET /boats')
  const result = await context.with(trace.setSpan(context.active(), span), work)
  span.end()
  return { result, span }
}

/** Names, and whose children they are. */
function treeOf({ telemetry }: World): readonly (readonly [string, string | undefined])[] {
  const spans = telemetry.spans()
  const nameOf = (id: string | undefined) => spans.find((span) => span.spanContext().spanId === id)?.name
  return spans.map(({ name, parentSpanContext }) => [name, nameOf(parentSpanContext?.spanId)])
}

test('a refresh after expiry is a child of the request that met the expired token', async () => {
  const world = await createWorld()
  const { vendor, telemetry, clock } = world
  const credential = await world.signedIn()
  instrument(credential, telemetry.sdk)
  await credential.getToken()
  await clock.advance(HOUR_MS)
  const { span } = await inSpan(world, () => credential.getToken())
  expect(treeOf(world)).toEqual([
    ['credential.refresh', undefined],
    ['credential.refresh', 'GET /boats'],
    ['GET /boats', undefined],
  ])
  const [first, refresh] = telemetry.spans()
  expect(first?.parentSpanContext).toBeUndefined()
  expect(refresh?.spanContext().traceId).toBe(span.spanContext().traceId)
  expect(refresh?.attributes).toEqual({
    'valetkey.vendor': 'acme',
    'valetkey.generation': (await credential.authorization()).generation,
    'server.address': '127.0.0.1',
    'server.port': vendor.port,
  })
  expect(refresh?.status).toEqual({ code: SpanStatusCode.UNSET })
})

test('a token that a grant acquires without a person is a span of its own name', async () => {
  const world = await createWorld()
  const credential = world.program()
  instrument(credential, world.telemetry.sdk)
  await inSpan(world, () => credential.getToken())
  expect(treeOf(world)[0]).toEqual(['credential.acquire', 'GET /boats'])
})

test('a background refresh is a child of the request that found the token old', async () => {
  const world = await createWorld()
  const credential = await world.signedIn()
  await credential.getToken()
  instrument(credential, world.telemetry.sdk)
  await world.clock.advance(HOUR_MS - 30_000)
  await inSpan(world, () => credential.getToken())
  await credential.close()
  expect(treeOf(world)).toEqual([
    ['GET /boats', undefined],
    ['credential.refresh', 'GET /boats'],
  ])
})

test('a request that is refused and replayed has the refresh between, also where others wait for it', async () => {
  const world = await createWorld()
  const credential = await world.signedIn()
  await credential.getToken()
  await world.clock.advance(KNOWN_AFTER_MS)
  world.vendor.revoke()
  instrument(credential, world.telemetry.sdk)
  const api = withCredential(fetch, credential)
  const request = () => api(`${world.vendor.origin}/boats`)
  const { result } = await inSpan(world, () => Promise.all([request(), request(), request()]))
  expect(result.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(treeOf(world)).toEqual([
    ['credential.refresh', 'GET /boats'],
    ['GET /boats', undefined],
  ])
})

test('an outage is a failed span for each token request, with the status that it had', async () => {
  const world = await createWorld()
  const credential = await world.signedIn()
  instrument(credential, world.telemetry.sdk)
  world.vendor.refuse({ status: 503 }, { status: 502, error: 'too_hot' })
  await world.clock.runUntil(
    inSpan(world, () => credential.getToken()),
    1_000,
  )
  const spans = world.telemetry
    .spans()
    .map(({ name, status, attributes }) => [
      name,
      status.code,
      attributes['error.type'],
      attributes['http.response.status_code'],
    ])
  expect(spans).toEqual([
    ['credential.refresh', SpanStatusCode.ERROR, '503', 503],
    ['credential.refresh', SpanStatusCode.ERROR, '502', 502],
    ['credential.refresh', SpanStatusCode.UNSET, undefined, undefined],
    ['GET /boats', SpanStatusCode.UNSET, undefined, undefined],
  ])
  expect(treeOf(world).filter(([, parent]) => parent === 'GET /boats')).toHaveLength(3)
})

test('a grant that has ended is a failed span with the error of the standard', async () => {
  const world = await createWorld()
  const credential = await world.signedIn()
  instrument(credential, world.telemetry.sdk)
  world.vendor.refuse({ status: 400, error: 'invalid_grant' })
  await expect(credential.getToken()).rejects.toMatchObject({ code: 'reauthorization_required' })
  expect(world.telemetry.spans()).toMatchObject([
    { name: 'credential.refresh', attributes: { 'error.type': 'invalid_grant', 'http.response.status_code': 400 } },
  ])
})

test('a vendor that does not answer is a failed span without a status', async () => {
  const world = await createWorld()
  const credential = await world.signedIn({ fetch: () => Promise.reject(new TypeError('fetch failed')) })
  instrument(credential, world.telemetry.sdk)
  await expect(world.clock.runUntil(credential.getToken(), 10_000)).rejects.toMatchObject({ code: 'token_unavailable' })
  const [span] = world.telemetry.spans()
  expect(span?.attributes).toMatchObject({ 'error.type': 'token_unavailable', 'server.address': '127.0.0.1' })
  expect(span?.attributes).not.toHaveProperty('http.response.status_code')
})

test('a request that waits for the refresh of another process has a span of the wait', async () => {
  const world = await createWorld()
  const { clock, vendor, telemetry } = world
  const [first, second] = [world.program(), world.program()]
  instrument(second, telemetry.sdk)
  const { arrived, release } = vendor.hold()
  const refreshing = first.getToken()
  await arrived
  const waiting = inSpan(world, () => second.getToken())
  await world.waits
  await clock.advance(400)
  release()
  await clock.runUntil(Promise.all([refreshing, waiting]), 1_000)
  expect(treeOf(world)).toEqual([
    ['credential.wait', 'GET /boats'],
    ['GET /boats', undefined],
  ])
  const [wait] = telemetry.spans()
  expect(wait && durationOf(wait)).toBeGreaterThanOrEqual(400)
  expect(await telemetry.points('valetkey.lease.wait.duration')).toMatchObject([
    { attributes: { 'valetkey.vendor': 'acme' }, count: 1 },
  ])
})

test('a span begins when the token request began, also on a clock that is not the machine’s', async () => {
  const world = await createWorld()
  const { clock, vendor, telemetry } = world
  const credential = world.program()
  instrument(credential, telemetry.sdk)
  const startedAt = clock.now()
  const { arrived, release } = vendor.hold()
  const acquiring = credential.getToken()
  await arrived
  await clock.advance(250)
  release()
  await acquiring
  const [span] = telemetry.spans()
  const [seconds, nanoseconds] = span?.startTime ?? [0, 0]
  expect(seconds * 1000 + nanoseconds / 1_000_000).toBe(startedAt)
  expect(span && durationOf(span)).toBe(250)
})

test('what instrument() returned ends it', async () => {
  const world = await createWorld()
  const credential = world.program()
  const end = instrument(credential, world.telemetry.sdk)
  end()
  await credential.getToken()
  expect(world.telemetry.spans()).toEqual([])
  expect(await world.telemetry.points('valetkey.refresh.duration')).toEqual([])
})

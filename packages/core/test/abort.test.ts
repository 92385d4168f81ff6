import { getEventListeners, setMaxListeners } from 'node:events'
import { createApiKeyCredential, createTokenCredential } from '@valetkey/core'
import { abortWith, onAbort, throwIfAborted } from '@valetkey/core/kit'
import { expect, onTestFinished, test, vi } from 'vitest'

const WAITERS = 1_000

/** What Node 20 says of a signal with more than ten listeners, and later versions of one that is limited to ten. */
function warnings(signal: AbortSignal): readonly Error[] {
  setMaxListeners(10, signal)
  const seen: Error[] = []
  const note = (warning: Error): void => void seen.push(warning)
  process.on('warning', note)
  onTestFinished(() => void process.off('warning', note))
  return seen
}

/** A credential whose token arrives when the test says so. */
function slowCredential() {
  const { promise: arrived, resolve: arrive } = withResolvers<{ accessToken: string; expiresIn: number }>()
  const credential = createTokenCredential({
    vendor: 'acme',
    origins: ['https://api.acme.example'],
    identity: ['test'],
    grant: { acquire: () => arrived },
  })
  return { credential, arrive: () => arrive({ accessToken: 'token', expiresIn: 3600 }) }
}

test('a thousand requests that wait for a token with one signal put one listener on it, and none stays', async () => {
  const { signal } = new AbortController()
  const seen = warnings(signal)
  const { credential, arrive } = slowCredential()
  const waiting = Array.from({ length: WAITERS }, () => credential.authorization({ signal }))
  await vi.waitFor(() => expect(getEventListeners(signal, 'abort')).toHaveLength(1))
  arrive()
  expect(new Set(await Promise.all(waiting)).size).toBe(1)
  await new Promise(setImmediate)
  expect([seen, getEventListeners(signal, 'abort').length]).toEqual([[], 0])
})

test('an abort ends all that wait with its signal, each with the reason, and no others', async () => {
  const leaving = new AbortController()
  const { credential, arrive } = slowCredential()
  const left = Array.from({ length: WAITERS }, () => credential.authorization({ signal: leaving.signal }))
  const staying = credential.authorization({ signal: new AbortController().signal })
  const outcomes = Promise.allSettled(left)
  const reason = new Error('the page was left')
  leaving.abort(reason)
  const reasons = (await outcomes).map((outcome) => outcome.status === 'rejected' && outcome.reason)
  expect(new Set(reasons)).toEqual(new Set([reason]))
  arrive()
  expect((await staying).headers).toEqual({ authorization: 'Bearer token' })
})

test('requests that wait for a key with one signal put one listener on it', async () => {
  const { signal } = new AbortController()
  const seen = warnings(signal)
  const { promise: apiKey, resolve: give } = withResolvers<string>()
  const options = { vendor: 'acme', origins: ['https://api.acme.example'], apiKey: () => apiKey }
  const credential = createApiKeyCredential(options)
  const waiting = Array.from({ length: WAITERS }, () => credential.authorization({ signal }))
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  give('key')
  await Promise.all(waiting)
  await new Promise(setImmediate)
  expect([seen, getEventListeners(signal, 'abort').length]).toEqual([[], 0])
})

test('who ended a wait hears nothing of the abort, and the others do', () => {
  const { signal, abort } = boundController()
  const [first, second, late] = [vi.fn<() => void>(), vi.fn<() => void>(), vi.fn<() => void>()]
  const end = onAbort(signal, first)
  onAbort(signal, second)
  end()
  abort()
  const endLate = onAbort(signal, late)
  endLate()
  expect([first, second, late].map(({ mock }) => mock.calls.length)).toEqual([0, 1, 1])
})

test('the reason of an abort is thrown, also where a signal has no place for one', () => {
  const reason = new Error('closed')
  const modern = new AbortController()
  throwIfAborted(modern.signal)
  throwIfAborted(null)
  abortWith(modern, reason)
  const lean = leanController()
  abortWith(lean, reason)
  for (const { signal } of [modern, lean]) expect(() => throwIfAborted(signal)).toThrow(reason)
  const silent = leanController()
  silent.abort()
  expect(() => throwIfAborted(silent.signal)).toThrow(expect.objectContaining({ name: 'AbortError' }))
})

function boundController() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}

/** One of React Native: its signal has no `reason`. */
function leanController(): AbortController {
  const signal = { aborted: false, addEventListener() {}, removeEventListener() {} }
  const abort = (): void => void Object.assign(signal, { aborted: true })
  return { signal: signal as unknown as AbortSignal, abort }
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((given) => {
    resolve = given
  })
  return { promise, resolve }
}

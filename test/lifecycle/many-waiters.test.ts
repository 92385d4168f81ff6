import { type Clock, createTokenCredential, memoryStore, type TokenCredential } from '@valetkey/core'
import { virtualClock } from '@valetkey/testing'
import { expect, test } from 'vitest'

/** A vendor whose token endpoint answers when it is told to. */
function slowVendor() {
  let answer: () => void = () => {}
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  const grant = {
    acquire: async () => {
      await answered
      return { accessToken: 'token-1', expiresIn: 3600 }
    },
  }
  const definition = { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['test'], grant }
  return { definition, answer: () => answer() }
}

/** A vendor whose token endpoint answers when it is told to, and a count of the timers that run for whoever waits for it. */
function startWaiting({ maxWaitMs = 60_000 } = {}) {
  const virtual = virtualClock()
  let sleeps = 0
  const clock: Clock = {
    ...virtual,
    sleep(ms, signal) {
      sleeps += 1
      return virtual.sleep(ms, signal)
    },
  }
  const { definition, answer } = slowVendor()
  const credential = createTokenCredential(definition, {
    clock,
    store: memoryStore({ clock }),
    keyedBy: 'identity',
    maxWaitMs,
  })
  return { virtual, credential, answer, sleeps: () => sleeps }
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'token',
    (error: { code: string }) => error.code,
  )

/** Timers that are started while `count` requests wait for one refresh, and come to their token. */
async function timersOf(count: number, wait: (credential: TokenCredential) => unknown): Promise<number> {
  const { virtual, credential, answer, sleeps } = startWaiting()
  const waiting = [wait(credential)]
  await virtual.advance(0)
  for (let number = 1; number < count; number += 1) waiting.push(wait(credential))
  await virtual.advance(1_000)
  answer()
  await Promise.all(waiting)
  return sleeps()
}

test.each<[string, (credential: TokenCredential) => unknown]>([
  ['for an authorization', (credential) => credential.authorization()],
  ['for a token', (credential) => credential.getToken()],
  [
    'for an authorization, and may leave',
    (credential) => credential.authorization({ signal: new AbortController().signal }),
  ],
])('a thousand requests that wait %s have as many timers as one', async (_name, wait) => {
  expect(await timersOf(1_000, wait)).toBe(await timersOf(1, wait))
})

test('each waits as long as it may, whenever it came', async () => {
  const { virtual, credential } = startWaiting({ maxWaitMs: 1_500 })
  const ends: string[] = []
  const wait = (name: string) =>
    void codeOf(credential.getToken()).then((code) => ends.push(`${name} at ${virtual.monotonic()}: ${code}`))
  wait('first')
  await virtual.advance(600)
  wait('second')
  await virtual.advance(10)
  wait('third')
  await virtual.advance(5_000)
  expect(ends).toEqual(['first at 1500: timeout', 'second at 2100: timeout', 'third at 2110: timeout'])
})

test('one that leaves takes nobody along', async () => {
  const { virtual, credential, answer } = startWaiting()
  const leaving = new AbortController()
  const work = [credential.getToken(), credential.getToken({ signal: leaving.signal }), credential.getToken()]
  const codes = Promise.all(work.map(codeOf))
  await virtual.advance(500)
  leaving.abort(Object.assign(new Error('enough'), { code: 'left' }))
  await virtual.advance(500)
  answer()
  await virtual.advance(0)
  expect(await codes).toEqual(['token', 'left', 'token'])
})

test('credentials that share tokens may have clocks that differ: each request waits as long as it may', async () => {
  const early = virtualClock()
  const late: Clock = { ...early, monotonic: () => early.monotonic() + 1_000_000_000 }
  const store = memoryStore({ clock: early })
  const { definition, answer } = slowVendor()
  const credentialOf = (clock: Clock) => createTokenCredential(definition, { clock, store, keyedBy: 'identity' })
  const requests = [late, early, late].map((clock) => codeOf(credentialOf(clock).getToken()))
  await early.advance(1_000)
  answer()
  expect(await Promise.all(requests)).toEqual(['token', 'token', 'token'])
})

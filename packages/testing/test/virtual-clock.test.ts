import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, onTestFinished, test } from 'vitest'

import { virtualClock } from '../src/index.ts'

test('time stands still until it is advanced, and then both clocks move', async () => {
  const clock = virtualClock({ now: 1000 })
  expect([clock.now(), clock.monotonic()]).toEqual([1000, 0])
  await clock.advance(250)
  expect([clock.now(), clock.monotonic()]).toEqual([1250, 250])
})

test('a step of the wall clock moves nothing else', async () => {
  const clock = virtualClock({ now: 1000 })
  const log: string[] = []
  void clock.sleep(100).then(() => log.push('woke'))
  clock.setWall(900_000)
  expect([clock.now(), clock.monotonic()]).toEqual([900_000, 0])
  await clock.advance(99)
  expect(log).toEqual([])
  await clock.advance(1)
  expect([log, clock.now()]).toEqual([['woke'], 900_100])
})

test('sleepers wake in order, each at its own time, also those that start on the way', async () => {
  const clock = virtualClock({ now: 0 })
  const log: string[] = []
  const sleep = async (name: string, ms: number) => {
    await clock.sleep(ms)
    log.push(`${name} ${clock.now()}`)
  }
  void sleep('late', 300)
  void sleep('early', 100).then(() => sleep('second', 100))
  void sleep('never', 301)
  await clock.advance(300)
  expect(log).toEqual(['early 100', 'second 200', 'late 300'])
})

test('an abort wakes a sleeper at once, and no time passes', async () => {
  const clock = virtualClock({ now: 0 })
  const controller = new AbortController()
  const asleep = clock.sleep(1000, controller.signal)
  controller.abort()
  await asleep
  await clock.sleep(1000, AbortSignal.abort())
  expect(clock.now()).toBe(0)
})

test('a sleep of zero does not wait', async () => {
  const clock = virtualClock({ now: 0 })
  await clock.sleep(0)
  expect(clock.now()).toBe(0)
})

test('an advance can be timed to a sleep that real I/O starts', async () => {
  const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const clock = virtualClock({ now: 0 })
  const work = (async () => {
    await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await clock.sleep(500)
    return clock.now()
  })()
  void clock.sleep(60_000)
  await clock.advance(await clock.waitForSleep(1000))
  expect(await work).toBe(500)
})

test('running until a promise settles passes short sleeps and no long ones', async () => {
  const clock = virtualClock({ now: 0 })
  const retried = (async () => {
    for (const pause of [250, 500, 1000]) await clock.sleep(pause)
    return 'done'
  })()
  let hasTimedOut = false
  void clock.sleep(5000).then(() => {
    hasTimedOut = true
  })
  expect(await clock.runUntil(retried, 1000)).toBe('done')
  expect([clock.now(), hasTimedOut]).toEqual([1750, false])
  await expect(clock.runUntil(Promise.reject(new Error('no')), 1000)).rejects.toThrow('no')
})

test('chance is without chance', () => {
  expect(virtualClock().random()).toBe(0.5)
})

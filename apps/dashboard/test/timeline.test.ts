import { createApiKeyCredential } from '@valetkey/core'
import { describe, expect, test, vi } from 'vitest'
import { createLatencyLog } from '../src/live/latency.ts'
import { createTimeline, tellEvents } from '../src/live/timeline.ts'
import { simulatedVendors } from './support/vendors.ts'

const FLUME = { card: 'flume', name: 'Flume' }

describe('the timeline', () => {
  test('has the newest first, and one line for a burst of the same, whatever came between', () => {
    const timeline = createTimeline()
    for (let times = 0; times < 100; times += 1) {
      timeline.add({ ...FLUME, kind: 'refused', text: 'request refused with 401' })
      timeline.add({ ...FLUME, kind: 'good', text: 'request replayed, accepted' })
    }
    expect(timeline.entries().map(({ text, count }) => [text, count])).toEqual([
      ['request replayed, accepted', 100],
      ['request refused with 401', 100],
    ])
  })

  test('tells vendors and processes apart', () => {
    const timeline = createTimeline()
    const adopted = { kind: 'shared', text: 'token adopted' } as const
    timeline.add({ ...FLUME, ...adopted })
    timeline.add({ ...FLUME, ...adopted, process: 2 })
    timeline.add({ card: 'm2m', name: 'm2m', ...adopted })
    expect(timeline.entries().map(({ card, process, count }) => [card, process, count])).toEqual([
      ['m2m', 1, 1],
      ['flume', 2, 1],
      ['flume', 1, 1],
    ])
  })

  test('begins a new line when the last of the same is some time ago, and forgets what nobody looks at', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const timeline = createTimeline()
    for (let times = 0; times < 80; times += 1) {
      timeline.add({ ...FLUME, kind: 'good', text: `token refreshed in ${times} ms` })
      vi.advanceTimersByTime(2_000)
    }
    vi.useRealTimers()
    expect(timeline.entries()).toHaveLength(60)
    expect(timeline.entries()[0]).toMatchObject({ id: 80, text: 'token refreshed in 79 ms', count: 1 })
  })

  test('says that a token endpoint did not answer', async () => {
    const { vendors, m2m } = await simulatedVendors()
    const vendor = vendors.find(({ name }) => name === 'm2m')
    if (!vendor) throw new TypeError('m2m is missing')
    const told: string[] = []
    tellEvents(vendor.credential, ({ text }) => void told.push(text))
    await m2m.refuseConnections(true)
    await expect(vendor.touch()).rejects.toMatchObject({ code: 'token_unavailable' })
    expect(new Set(told)).toEqual(new Set(['token endpoint: no answer']))
  })

  test('says why a key was refused', async () => {
    const credential = createApiKeyCredential({ vendor: 'acme', origins: ['https://a.example'], apiKey: 'canary' })
    const told: string[] = []
    tellEvents(credential, ({ text }) => void told.push(text))
    credential.observe?.('refused', { generation: 1, status: 401, reason: 'api_key_refused' })
    await credential.renew(await credential.authorization())
    expect(told.join()).toContain('request refused with 401')
    expect(told.join()).not.toContain('canary')
  })
})

describe('the latency', () => {
  test('is the slowest request of each half second, by vendor; tokens that were replaced and requests that failed are marked', () => {
    const log = createLatencyLog(2)
    log.record(0, 3.14)
    log.record(0, 1)
    log.tick()
    log.mark(1)
    log.record(1, 700)
    log.fail(0)
    log.fail(0)
    log.tick()
    expect(log.last()).toEqual({
      tickMs: 500,
      from: 0,
      rows: [
        [3.1, null],
        [null, 700],
      ],
      marks: [{ tick: 1, card: 1 }],
      failures: [{ tick: 1, card: 0 }],
    })
    expect(log.last(1)).toMatchObject({ from: 1, rows: [[null, 700]] })
  })

  test('goes back 90 s, and its marks with it', () => {
    const log = createLatencyLog(1)
    log.mark(0)
    log.fail(0)
    for (let ticks = 0; ticks < 200; ticks += 1) log.tick()
    log.mark(0)
    const { from, rows, marks, failures } = log.last()
    expect([from, rows.length, marks, failures]).toEqual([20, 180, [{ tick: 200, card: 0 }], []])
  })
})

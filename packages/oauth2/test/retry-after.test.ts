import { describe, expect, test } from 'vitest'
import { readRetryAfter } from '../src/wire/refusal.ts'
import { NOW } from './helpers/grants.ts'

const HOUR = 3_600_000

describe('when to come back', () => {
  test.each([
    ['120', 120_000],
    ['0', 0],
    ['1.5', 1500],
    ['1.25', 1250],
    ['1000000000', 0],
    ['1000000000000', 0],
    [' 7 ', 7000],
    [String(NOW / 1000 + 90), 90_000],
    [String(NOW + 90_000), 90_000],
    ['Sun, 22 Nov 2026 12:01:30 GMT', 90_000],
    ['2026-11-22T12:01:30Z', 90_000],
    ['2026-11-22T12:01:30.500Z', 90_500],
    ['2026-11-22T13:01:30+01:00', 90_000],
    ['2026-11-22T13:01:30+0100', 90_000],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
    ['100000', 24 * HOUR],
    ['Fri, 22 Nov 2030 12:00:00 GMT', 24 * HOUR],
    ['99999999999999999999', 24 * HOUR],
  ])('%j is in %d ms', (value, expected) => {
    expect(readRetryAfter(new Headers({ 'retry-after': value }), ['retry-after'], NOW)).toBe(expected)
  })

  test.each([
    '',
    '-5',
    'soon',
    '1e3',
    '0x10',
    'in 12 minutes',
    '22 Nov 2026',
    'Sun, 99 Nov 2026 12:00:00 GMT',
    '120, 240',
    'at Sun, 22 Nov 2026 12:01:30 GMT',
    'Sun, 22 Nov 2026 12:01:30 GMT+0100',
    'at 2026-11-22T12:01:30Z',
    'Sun 2026-11-22T12:01:30Z',
    '2026-11-22T12:01:30Z (UTC)',
  ])('%j is not known', (value) => {
    expect(readRetryAfter(new Headers({ 'retry-after': value }), ['retry-after'], NOW)).toBeUndefined()
  })

  test('is in the first header that can be read', () => {
    const headers = new Headers({ 'retry-after': 'soon', 'x-ratelimit-retry-after': '30', 'x-ratelimit-reset': '60' })
    const names = ['retry-after', 'x-ratelimit-absent', 'x-ratelimit-retry-after', 'x-ratelimit-reset']
    expect(readRetryAfter(headers, names, NOW)).toBe(30_000)
  })
})

import { expect, test } from 'vitest'

import { createRateLimiter } from '../src/simulators/rate-limit.ts'

test('each address has its own window, an hour from its first request', () => {
  let now = 0
  const limiter = createRateLimiter(2, () => now)
  expect(limiter.take('a')).toEqual({ limited: false, limit: 2, remaining: 1, resetAt: 3_600_000 })
  now = 1_000_000
  expect(limiter.take('b')).toMatchObject({ remaining: 1, resetAt: 4_600_000 })
  limiter.take('a')
  expect([limiter.take('a').limited, limiter.take('b').limited]).toEqual([true, false])
  now = 3_600_000
  expect([limiter.take('a').limited, limiter.take('b').limited]).toEqual([false, true])
})

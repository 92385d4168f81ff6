import type { HttpBindings } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'

import { createRateLimiter, type RateLimit } from '../rate-limit.ts'
import { failure } from './envelope.ts'
import { type FlumeSettings, REQUESTS_PER_HOUR } from './options.ts'

/** Counts one endpoint group per address, token requests as well as API requests. */
export function limitGroup(
  group: 'oauth' | 'users',
  settings: FlumeSettings,
  now: () => number,
): MiddlewareHandler<{ Bindings: HttpBindings }> {
  const limiter = createRateLimiter(settings.requestsPerHour[group], now)
  return async (context, next) => {
    const rate = limiter.take(context.env.incoming.socket.remoteAddress ?? '')
    if (rate.limited) context.res = tooManyRequests()
    else await next()
    for (const [name, value] of rateHeaders(settings.rateLimitHeaders, rate, now())) context.header(name, value)
  }
}

/** The answer when the quota of 120 requests is used up. */
export function rateLimited(settings: FlumeSettings, resetAt: number, now: number): Response {
  const answer = tooManyRequests()
  const rate = { limited: true, limit: REQUESTS_PER_HOUR, remaining: 0, resetAt }
  for (const [name, value] of rateHeaders(settings.rateLimitHeaders, rate, now)) answer.headers.set(name, value)
  return answer
}

function tooManyRequests(): Response {
  return failure({ status: 429, message: 'Too many requests, please try again later.' })
}

function rateHeaders(family: FlumeSettings['rateLimitHeaders'], rate: RateLimit, nowMs: number): [string, string][] {
  if (family === 'none' || !Number.isFinite(rate.limit)) return []
  const seconds = Math.ceil((rate.resetAt - nowMs) / 1000)
  const prefix = family === 'ratelimit' ? 'RateLimit' : 'X-RateLimit'
  const reset = family === 'ratelimit' ? seconds : Math.ceil(rate.resetAt / 1000)
  const headers: [string, string][] = [
    [`${prefix}-Limit`, String(rate.limit)],
    [`${prefix}-Remaining`, String(rate.remaining)],
    [`${prefix}-Reset`, String(reset)],
  ]
  if (rate.limited) headers.push(['Retry-After', String(seconds)])
  return headers
}

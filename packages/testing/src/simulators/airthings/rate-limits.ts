import type { RateLimit } from '../rate-limit.ts'

export function tooManyRequests(): Response {
  return Response.json({ error_description: 'Rate limit on API exceeded' }, { status: 429 })
}

/** The answer when no quota is left until `resetAt`. */
export function rateLimited(resetAt: number, now: number): Response {
  const answer = tooManyRequests()
  const rate = { limited: true, limit: Number.POSITIVE_INFINITY, remaining: 0, resetAt }
  for (const [name, value] of rateHeaders(rate, now)) answer.headers.set(name, value)
  return answer
}

/** No standard `Retry-After`; nothing where there is no quota. */
export function rateHeaders(rate: RateLimit, nowMs: number): [string, string][] {
  const headers: [string, string][] = []
  if (Number.isFinite(rate.limit)) {
    headers.push(
      ['X-RateLimit-Limit', String(rate.limit)],
      ['X-RateLimit-Remaining', String(rate.remaining)],
      ['X-RateLimit-Reset', String(Math.ceil(rate.resetAt / 1000))],
    )
  }
  if (rate.limited) headers.push(['X-RateLimit-Retry-After', String(Math.ceil((rate.resetAt - nowMs) / 1000))])
  return headers
}

/** A vendor that says "next week" is asked again tomorrow all the same. */
const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1000

/** As seconds it would be 31 years, so a number from here on is a Unix time; ms from 1,000 times that on. */
const UNIX_SECONDS_FROM = 1e9
const UNIX_MS_FROM = 1e12

/** When to come back, in ms from `now` (Unix ms), 0 to 24 h: the first of the named headers that can be read. */
export function readRetryAfter(headers: Headers, names: readonly string[], now: number): number | undefined {
  for (const name of names) {
    const ms = parseRetryAfter(headers.get(name)?.trim() ?? '', now)
    if (ms !== undefined) return Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS)
  }
  return undefined
}

function parseRetryAfter(text: string, now: number): number | undefined {
  if (/^\d{1,20}(?:\.\d{1,20})?$/.test(text)) return fromNumber(Number(text), now)
  // Date.parse alone would find a date in nearly any text.
  const isDate =
    /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$|^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)$/
  const time = isDate.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? undefined : time - now
}

function fromNumber(value: number, now: number): number {
  if (value < UNIX_SECONDS_FROM) return value * 1000
  return (value < UNIX_MS_FROM ? value * 1000 : value) - now
}

import { parseBody } from '../request-log.ts'
import { type FieldProblem, invalidFields, missing, success } from './envelope.ts'

/** Litres that the simulated household uses in each hour of every day (UTC): 480 l a day. */
const LITRES_BY_HOUR = [2, 0, 0, 0, 4, 12, 50, 64, 30, 16, 12, 14, 24, 14, 10, 12, 16, 28, 48, 44, 32, 24, 16, 8]

const PER_LITRE: ReadonlyMap<string, number> = new Map([
  ['GALLONS', 0.264172052],
  ['LITERS', 1],
  ['CUBIC_FEET', 0.0353146667],
  ['CUBIC_METERS', 0.001],
])

const HOUR_MS = 3_600_000
const FIXED_BUCKETS_MS: ReadonlyMap<string, number> = new Map([
  ['MIN', 60_000],
  ['HR', HOUR_MS],
  ['DAY', 24 * HOUR_MS],
])
const BUCKETS = ['MIN', 'HR', 'DAY', 'MON', 'YR']
const MAX_GROUP_MULTIPLIER = 100

type Query = Readonly<Record<string, unknown>>

interface Bucket {
  readonly datetime: string
  readonly value: number
}

/** `POST /users/{id}/devices/{id}/query`: flumetech.readme.io/docs/querying-samples. The device's time zone is UTC. */
export function answerWaterQuery(contentType: string | null, body: string, nowMs: number): Response {
  const { queries } = parseBody(contentType, body).raw
  if (!Array.isArray(queries) || queries.length === 0) return invalidFields([missing('queries')])
  const objects = queries.map((query: unknown): Query => (typeof query === 'object' ? { ...query } : {}))
  const problems = objects.flatMap((query, index) => problemsOf(query, index))
  if (problems.length > 0) return invalidFields(problems)
  const answers = objects.map((query) => [String(query.request_id), answerOf(query, nowMs)])
  return success([Object.fromEntries(answers)])
}

function problemsOf(query: Query, index: number): FieldProblem[] {
  const at = (field: string) => `queries[${index}].${field}`
  const absent = ['request_id', 'since_datetime', 'bucket'].filter((field) => typeof query[field] !== 'string')
  const problems = absent.map((field) => missing(at(field)))
  const refuse = (field: string) => problems.push({ field: at(field), message: `"${field}" is invalid` })
  if (problems.length > 0) return problems
  if (!BUCKETS.includes(String(query.bucket))) refuse('bucket')
  if (!PER_LITRE.has(unitsOf(query))) refuse('units')
  if (Number.isNaN(parseTime(query.since_datetime))) refuse('since_datetime')
  if (query.until_datetime !== undefined && Number.isNaN(parseTime(query.until_datetime))) refuse('until_datetime')
  const multiplier = multiplierOf(query)
  if (!Number.isInteger(multiplier) || multiplier < 1 || multiplier > MAX_GROUP_MULTIPLIER) refuse('group_multiplier')
  return problems
}

function answerOf(query: Query, nowMs: number): readonly (Bucket | { value: number })[] {
  const buckets = bucketsOf(query, nowMs)
  const values = buckets.map(({ value }) => value)
  if (query.sort_direction === 'DESC') buckets.reverse()
  switch (query.operation) {
    case 'SUM':
      return [{ value: round(sum(values)) }]
    case 'AVG':
      return [{ value: round(sum(values) / Math.max(1, values.length)) }]
    case 'MIN':
      return [{ value: Math.min(...values) }]
    case 'MAX':
      return [{ value: Math.max(...values) }]
    case 'CNT':
      return [{ value: values.length }]
    default:
      return buckets
  }
}

function bucketsOf(query: Query, nowMs: number): Bucket[] {
  const until = query.until_datetime === undefined ? nowMs : Math.min(parseTime(query.until_datetime), nowMs)
  const factor = PER_LITRE.get(unitsOf(query)) ?? 1
  const buckets: Bucket[] = []
  let start = parseTime(query.since_datetime)
  while (start < until) {
    const end = nextStart(start, String(query.bucket), multiplierOf(query))
    const litres = litresBetween(start, Math.min(end, until))
    buckets.push({ datetime: formatTime(start), value: round(litres * factor) })
    start = end
  }
  return buckets
}

function nextStart(start: number, bucket: string, multiplier: number): number {
  const fixed = FIXED_BUCKETS_MS.get(bucket)
  if (fixed !== undefined) return start + fixed * multiplier
  const date = new Date(start)
  const months = bucket === 'YR' ? 12 * multiplier : multiplier
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1)
}

function litresBetween(from: number, to: number): number {
  let litres = 0
  for (let at = from; at < to; ) {
    const end = Math.min(to, (Math.floor(at / HOUR_MS) + 1) * HOUR_MS)
    litres += ((LITRES_BY_HOUR[new Date(at).getUTCHours()] ?? 0) * (end - at)) / HOUR_MS
    at = end
  }
  return litres
}

function unitsOf(query: Query): string {
  return typeof query.units === 'string' ? query.units : 'GALLONS'
}

function multiplierOf(query: Query): number {
  return Number(query.group_multiplier ?? 1)
}

/** `YYYY-MM-DD HH:mm:ss`, without an offset. */
function parseTime(text: unknown): number {
  return typeof text === 'string' ? Date.parse(`${text.replace(' ', 'T')}Z`) : Number.NaN
}

function formatTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** Eight decimals, as Flume's own figures have. */
function round(value: number): number {
  return Math.round(value * 1e8) / 1e8
}

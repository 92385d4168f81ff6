import type { LoggedRequest, Side } from './simulator.ts'

type LogEntry = { -readonly [Member in keyof LoggedRequest]: LoggedRequest[Member] }

export interface RequestLog {
  readonly entries: readonly LoggedRequest[]
  add(entry: LogEntry): void
  count(kind: Side, grantType?: string): number
  waitFor(kind: Side, count: number): Promise<void>
}

export function createRequestLog(): RequestLog {
  const entries: LogEntry[] = []
  const waiters = new Set<() => void>()
  const count = (kind: Side, grantType?: string) =>
    entries.filter((entry) => entry.kind === kind && (grantType === undefined || entry.grantType === grantType)).length
  return {
    entries,
    count,
    add(entry) {
      entries.push(entry)
      for (const wake of waiters) wake()
    },
    waitFor: (kind, wanted) =>
      new Promise((resolve) => {
        const look = () => {
          if (count(kind) < wanted) return
          waiters.delete(look)
          resolve()
        }
        waiters.add(look)
        look()
      }),
  }
}

/** A request as the log keeps it, before it is answered. */
export function describeRequest(request: Request, text: string, kind: Side, at: number): LogEntry {
  const url = new URL(request.url)
  const entry: LogEntry = {
    at,
    kind,
    method: request.method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(request.headers),
    body: text,
  }
  if (kind === 'token') entry.grantType = parseBody(request.headers.get('content-type'), text).fields.grant_type
  return entry
}

/** Members of a JSON object or of a form; empty when the body is neither. Arrays and other values are kept as `raw`. */
export interface ParsedBody {
  readonly encoding: 'json' | 'form' | 'other'
  /** The members that are text. */
  readonly fields: Readonly<Record<string, string>>
  readonly raw: Readonly<Record<string, unknown>>
}

export function parseBody(contentType: string | null, text: string): ParsedBody {
  const type = contentType?.split(';')[0]?.trim().toLowerCase()
  if (type === 'application/x-www-form-urlencoded') {
    const fields = Object.fromEntries(new URLSearchParams(text))
    return { encoding: 'form', fields, raw: fields }
  }
  const raw = type === 'application/json' ? parseObject(text) : undefined
  if (raw === undefined) return { encoding: 'other', fields: {}, raw: {} }
  const fields = Object.entries(raw).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return { encoding: 'json', fields: Object.fromEntries(fields), raw }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

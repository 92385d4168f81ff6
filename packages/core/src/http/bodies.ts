import { systemSleep } from '../time.ts'

const REPLAYABLE = /^\[object (Array|ArrayBuffer|Blob|File|FormData|Object|SharedArrayBuffer|URLSearchParams)\]$/

/**
 * Whether a body can be sent, or read, a second time: not a stream, nor anything that is read like one. React Native's
 * `FormData`, `Blob` and `URLSearchParams` name themselves no more than `Object`.
 */
export function isReplayable(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || ArrayBuffer.isView(body)) return true
  // The `form-data` package names itself FormData, and is a stream.
  if ('pipe' in body || 'getReader' in body || Symbol.asyncIterator in body) return false
  return REPLAYABLE.test(Object.prototype.toString.call(body))
}

/** Cancels an unread body: a stream of Node or of the web, or nothing. */
export async function discardBody(body: unknown): Promise<void> {
  const { destroy, cancel } = Object(body) as Partial<Record<'destroy' | 'cancel', () => unknown>>
  if (typeof destroy === 'function') destroy.call(body)
  else if (typeof cancel === 'function') await cancel.call(body)
}

/** A refusal is a sentence or two; a longer body is what the caller asked for. */
const JSON_LIMIT_BYTES = 65_536

/** APIs write a refusal with its headers or immediately after them; a body that takes longer is being computed or streamed. */
export const JSON_LIMIT_MS = 1_000

/**
 * Whether an answer may be read before the caller gets it: its type is `application/json`, `text/json` or ends in `+json`, it is
 * not a download (`content-disposition: attachment`) and its length is not above 64 KiB. Events, NDJSON, JSON sequences, parts
 * (`multipart/*`) and bytes may be streams: they are handed over at once.
 */
export function isJsonAnswer(header: (name: string) => string | null): boolean {
  const [type = ''] = (header('content-type') ?? '').toLowerCase().split(';', 1)
  if (!/^(application|text)\/json\s*$|\+json\s*$/.test(type)) return false
  if (/^\s*attachment/i.test(header('content-disposition') ?? '')) return false
  return !(Number(header('content-length') ?? 0) > JSON_LIMIT_BYTES)
}

/** A string parsed as JSON; `undefined` if it is not JSON, longer than 64 KiB, or not read within a second. */
export async function parseJsonInTime(reading: Promise<string | undefined>): Promise<unknown> {
  const over = new AbortController()
  const late = systemSleep(JSON_LIMIT_MS, over.signal).then(() => undefined)
  try {
    const text = await Promise.race([reading, late])
    return text === undefined || text.length > JSON_LIMIT_BYTES ? undefined : JSON.parse(text)
  } catch {
    return undefined
  } finally {
    over.abort(null)
  }
}

/** The same for a stream that has no other reader: the copy of an answer's body. Cancelled as soon as it is too long or too late. */
export async function parseJsonStream(copy: ReadableStream<Uint8Array>): Promise<unknown> {
  const reader = copy.getReader()
  const reading = readStart(reader, JSON_LIMIT_BYTES)
  const json = await parseJsonInTime(
    reading.then(({ chunks, isWhole }) => (isWhole ? new Blob(chunks).text() : undefined)),
  )
  // Resolves only when the caller gives up its copy too.
  reader.cancel().catch(() => {})
  return json
}

/** What is read of a stream before it ends or is longer than a limit. */
export interface StreamStart {
  /** Byte arrays. */
  readonly chunks: BlobPart[]
  readonly isWhole: boolean
}

/** Reads a stream to its end, or until more than `limitBytes` are read; what was read beyond them is among the chunks. */
export async function readStart(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limitBytes: number,
): Promise<StreamStart> {
  const chunks: BlobPart[] = []
  for (let size = 0; size <= limitBytes; ) {
    const { done, value } = await reader.read()
    if (done) return { chunks, isWhole: true }
    chunks.push(value as BlobPart)
    size += value.byteLength
  }
  return { chunks, isWhole: false }
}

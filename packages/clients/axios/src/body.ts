/** Of any kind: text, bytes, a stream of Node or of the web, what an adapter of others makes of it. */
export type Body = Partial<{
  readonly length: number
  readonly byteLength: number
  readonly size: number
  destroy(): void
  cancel(): Promise<void>
}> | null

const REPLAYABLE = /^\[object (Array|ArrayBuffer|Blob|File|FormData|Object|SharedArrayBuffer|URLSearchParams)\]$/

const JSON_LIMIT_BYTES = 65_536

/** Whether a body can be sent, or read, a second time: not a stream, nor anything that is read like one. */
export function isReplayable(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || ArrayBuffer.isView(body)) return true
  // The `form-data` package names itself FormData, and is a stream.
  if ('pipe' in body || Symbol.asyncIterator in body) return false
  return REPLAYABLE.test(Object.prototype.toString.call(body))
}

/** What a body says that was read already; adapters of others may have parsed it. */
export async function parseJson(body: Body): Promise<unknown> {
  const size = body?.length ?? body?.byteLength ?? body?.size
  if (!isReplayable(body) || (size ?? 0) > JSON_LIMIT_BYTES) return undefined
  if (size === undefined) return body
  try {
    return JSON.parse(await new Response(body as BodyInit).text())
  } catch {
    return undefined
  }
}

/** Frees what stands behind a body that nobody will read. */
export async function discard(body: Body): Promise<void> {
  body?.destroy?.()
  await body?.cancel?.()
}

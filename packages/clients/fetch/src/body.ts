const REPLAYABLE: ReadonlySet<string> = new Set([
  'ArrayBuffer',
  'Blob',
  'File',
  'FormData',
  'SharedArrayBuffer',
  'URLSearchParams',
])

/** Whether a body can be sent a second time: not a stream, nor anything that is read like one. */
export function isReplayable(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return true
  // The `form-data` package names itself FormData, and is a stream.
  if ('pipe' in body) return false
  return ArrayBuffer.isView(body) || REPLAYABLE.has(Object.prototype.toString.call(body).slice(8, -1))
}

/** Firefox does not say whether a `Request` has a body; one that may have none can be read all the same. */
export function mayHaveBody({ body, method }: Request): boolean {
  return body === undefined ? method !== 'GET' && method !== 'HEAD' : body !== null
}

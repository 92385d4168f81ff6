const REPLAYABLE = /^\[object (Array|ArrayBuffer|Blob|File|FormData|Object|SharedArrayBuffer|URLSearchParams)\]$/

/** Whether a body can be sent a second time: not a stream, nor anything that is read like one. */
export function isReplayable(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || ArrayBuffer.isView(body)) return true
  // The `form-data` package names itself FormData, and is a stream.
  if ('pipe' in body || Symbol.asyncIterator in body) return false
  return REPLAYABLE.test(Object.prototype.toString.call(body))
}

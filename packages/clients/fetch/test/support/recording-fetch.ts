export interface RecordingFetch {
  readonly fetch: typeof globalThis.fetch
  /** The very objects that were handed to it. */
  readonly calls: readonly Parameters<typeof globalThis.fetch>[]
}

/** The platform's fetch, which remembers how it was called. */
export function recordingFetch(answer: typeof globalThis.fetch = globalThis.fetch): RecordingFetch {
  const calls: Parameters<typeof globalThis.fetch>[] = []
  return {
    calls,
    fetch: (...args) => {
      calls.push(args)
      return answer(...args)
    },
  }
}

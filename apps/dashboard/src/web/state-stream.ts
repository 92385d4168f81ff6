import type { Dashboard } from '../live/dashboard.ts'

/** So many pages may look on at once. */
const MAX_STREAMS = 24

/** Pages of one browser: it opens six connections to one host, and one is for the buttons. */
const MAX_STREAMS_OF_BROWSER = 5

/** A page that has fallen behind by this much is disconnected; it reconnects automatically. Bytes. */
const MAX_BEHIND = 512 * 1024

/** Rows of the latency that an update repeats, so that a late page misses none. */
const UPDATE_ROWS = 10

/** Server-sent events: the whole state, a few times a second. */
export interface StateStream {
  /** @param browser its name; requests without one count as one browser @returns undefined: there are too many */
  open(browser?: string): ReadableStream<Uint8Array> | undefined
  close(): void
}

type Controller = ReadableStreamDefaultController<Uint8Array>

export function createStateStream({ state, onChange }: Pick<Dashboard, 'state' | 'onChange'>): StateStream {
  /** Whose they are. */
  const streams = new Map<Controller, string>()
  const encode = (data: unknown) => new TextEncoder().encode(`data: ${JSON.stringify(data)}\n\n`)
  const drop = (stream: Controller) => {
    if (streams.delete(stream)) stream.close()
  }
  const stop = onChange(() => {
    if (streams.size === 0) return
    const message = encode(state(UPDATE_ROWS))
    for (const stream of streams.keys()) {
      if ((stream.desiredSize ?? 0) <= 0) drop(stream)
      else stream.enqueue(message)
    }
  })
  return {
    open(browser = '') {
      const ofBrowser = [...streams.values()].filter((each) => each === browser)
      if (streams.size >= MAX_STREAMS || ofBrowser.length >= MAX_STREAMS_OF_BROWSER) return undefined
      let own: Controller | undefined
      return new ReadableStream<Uint8Array>(
        {
          start(stream) {
            own = stream
            streams.set(stream, browser)
            stream.enqueue(encode(state()))
          },
          cancel: () => void (own && streams.delete(own)),
        },
        new ByteLengthQueuingStrategy({ highWaterMark: MAX_BEHIND }),
      )
    },
    close() {
      stop()
      for (const stream of streams.keys()) drop(stream)
    },
  }
}

import type { Dashboard } from '../live/dashboard.ts'

/** So many pages may look on at once; a browser opens six connections to one host. */
const MAX_STREAMS = 24

/** A page that has fallen behind by this much is cut off; it connects again by itself. Bytes. */
const MAX_BEHIND = 512 * 1024

/** Rows of the latency that an update repeats, so that a late page misses none. */
const UPDATE_ROWS = 10

/** Server-sent events: the whole state at first, then what it is now, a few times a second. */
export interface StateStream {
  /** Undefined: there are too many. */
  open(): ReadableStream<Uint8Array> | undefined
  close(): void
}

type Controller = ReadableStreamDefaultController<Uint8Array>

export function createStateStream({ state, onChange }: Pick<Dashboard, 'state' | 'onChange'>): StateStream {
  const streams = new Set<Controller>()
  const encode = (data: unknown) => new TextEncoder().encode(`data: ${JSON.stringify(data)}\n\n`)
  const drop = (stream: Controller) => {
    if (streams.delete(stream)) stream.close()
  }
  const stop = onChange(() => {
    if (streams.size === 0) return
    const message = encode(state(UPDATE_ROWS))
    for (const stream of streams) {
      if ((stream.desiredSize ?? 0) <= 0) drop(stream)
      else stream.enqueue(message)
    }
  })
  return {
    open() {
      if (streams.size >= MAX_STREAMS) return undefined
      let own: Controller | undefined
      return new ReadableStream<Uint8Array>(
        {
          start(stream) {
            own = stream
            streams.add(stream)
            stream.enqueue(encode(state()))
          },
          cancel: () => void (own && streams.delete(own)),
        },
        new ByteLengthQueuingStrategy({ highWaterMark: MAX_BEHIND }),
      )
    },
    close() {
      stop()
      for (const stream of streams) drop(stream)
    },
  }
}

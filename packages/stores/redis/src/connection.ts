import { hasMethods } from '@valetkey/core/kit'

/** What the store needs of a connection of any client. Rejects with the client's error. */
export interface Connection {
  evaluate(evaluation: Evaluation): Promise<Evaluated>
  /** Keys that match the glob pattern, page by page, of all masters of a cluster; a key may be repeated. */
  scan(pattern: string): AsyncIterable<readonly string[]>
}

export interface Evaluation {
  /** `evalSha` runs the cached script of this SHA-1, `eval` the source. */
  readonly command: 'evalSha' | 'eval'
  readonly script: string
  readonly key: string
  readonly args: readonly string[]
  /** Sends WAIT afterwards, on the same connection to the server. */
  readonly wait?: Wait | undefined
}

export interface Wait {
  readonly replicas: number
  readonly timeoutMs: number
}

export interface Evaluated {
  readonly reply: unknown
  /** The number of replicas that confirmed the write, if WAIT was sent. */
  readonly confirmed?: unknown
}

/** A connection that only listens. Subscribing to a channel a second time does nothing. */
export interface Subscriber {
  subscribe(channel: string): Promise<void>
  unsubscribe(channel: string): Promise<void>
  /** `false`: it cannot receive messages now. */
  isConnected(): boolean
}

export interface SubscriberEvents {
  onMessage(channel: string, message: string): void
  /** The connection was lost or restored: messages were missed. */
  onInterrupted(): void
}

/** The connection events of a client of either library. */
const INTERRUPTIONS = ['reconnecting', 'end', 'ready'] as const

/** Watches the connection of a client while it is subscribed to anything. */
export interface ConnectionWatch {
  watch(isSubscribed: boolean): void
  isLost(): boolean
}

export function watchConnection(client: unknown, onInterrupted: () => void): ConnectionWatch {
  let isWatching = false
  let isLost = false
  const listeners = INTERRUPTIONS.map((event) => () => {
    const wasLost = isLost
    isLost = event !== 'ready'
    if (isLost || wasLost) onInterrupted()
  })
  return {
    watch(isSubscribed) {
      if (isWatching === isSubscribed || !hasMethods(client, ['on', 'off'])) return
      isWatching = isSubscribed
      isLost = false
      for (const [index, event] of INTERRUPTIONS.entries()) client[isSubscribed ? 'on' : 'off'](event, listeners[index])
    },
    isLost: () => isLost,
  }
}

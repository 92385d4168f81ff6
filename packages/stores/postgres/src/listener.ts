import { hasMethods } from '@valetkey/core/kit'
import { isPostgresJs, isQueryClient, isSession } from './connection.ts'

/** postgres.js and PGlite. */
interface ListenMethodClient {
  listen(channel: string, onPayload: (payload: string) => void): PromiseLike<unknown>
}

/** `Client` of pg. */
interface NotificationClient {
  on(event: 'notification', onNotification: (notification: Notification) => void): unknown
  on(event: 'end', onEnd: () => void): unknown
  query(text: string): Promise<unknown>
}

interface Notification {
  readonly channel: string
  readonly payload?: string | undefined
}

/** A client that can keep a session: `Client` of pg, `sql` of postgres.js, PGlite. */
export type PostgresListener = ListenMethodClient | NotificationClient

export interface ListenEvents {
  onPayload(payload: string): void
  /** The connection was lost. `isOver`: permanently, and listening again rejects; otherwise it is connected again. */
  onInterrupted(isOver: boolean): void
}

/** Begins to listen; may be called again after it rejected. */
export type Listen = (channel: string, events: ListenEvents) => Promise<void>

/** `undefined`: not a client that can listen. */
export function listenOf(listener: unknown): Listen | undefined {
  if (hasListenMethod(listener)) {
    return async (channel, { onPayload, onInterrupted }) => {
      let isFirst = true
      // postgres.js calls this each time it listens, including after it reconnects.
      const onListening = (): void => {
        if (!isFirst) onInterrupted(false)
        isFirst = false
      }
      const given = isPostgresJs(listener) ? [channel, onPayload, onListening] : [channel, onPayload]
      await Reflect.apply(listener.listen, listener, given)
    }
  }
  if (!isNotified(listener)) return undefined
  return async (channel, { onPayload, onInterrupted }) => {
    await listener.query(`listen "${channel}"`)
    listener.on('end', () => onInterrupted(true))
    listener.on('notification', (notification) => {
      if (notification.channel === channel) onPayload(notification.payload ?? '')
    })
  }
}

function hasListenMethod(listener: unknown): listener is ListenMethodClient {
  return hasMethods(listener, ['listen']) && (isPostgresJs(listener) || isQueryClient(listener))
}

function isNotified(listener: unknown): listener is NotificationClient {
  return isSession(listener)
}

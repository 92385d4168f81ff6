import { hasMethods } from '@valetkey/core/kit'
import { isPostgresJs, isQueryClient, isSession } from './connection.ts'

/** postgres.js and PGlite. */
interface ListenMethodClient {
  listen(channel: string, onPayload: (payload: string) => void): PromiseLike<unknown>
}

/** `Client` of pg. */
interface NotificationClient {
  on(event: 'notification', onNotification: (notification: Notification) => void): unknown
  query(text: string): Promise<unknown>
}

interface Notification {
  readonly channel: string
  readonly payload?: string | undefined
}

/** A client that can keep a session: `Client` of pg, `sql` of postgres.js, PGlite. */
export type PostgresListener = ListenMethodClient | NotificationClient

/** Begins to listen; may be called again where it rejected. */
export type Listen = (channel: string, onPayload: (payload: string) => void) => Promise<void>

/** `undefined`: not a client that can listen. */
export function listenOf(listener: unknown): Listen | undefined {
  if (hasListenMethod(listener)) {
    return async (channel, onPayload) => {
      await listener.listen(channel, onPayload)
    }
  }
  if (!isNotified(listener)) return undefined
  return async (channel, onPayload) => {
    await listener.query(`listen "${channel}"`)
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

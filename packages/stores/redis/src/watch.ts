import type { OnMessage, Subscriber } from './connection.ts'
import { hasMethods } from './methods.ts'

export interface WaitOptions {
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** Announcements of new versions, on one channel for each record. */
export interface Watch {
  /**
   * Resolves when another version than `version` is announced or `hasChanged` says so, when the signal aborts, and after
   * the timeout at the latest: also when the subscriber is down.
   */
  wait(
    channel: string,
    version: string | undefined,
    hasChanged: () => Promise<boolean>,
    options: WaitOptions,
  ): Promise<void>
}

interface Channel {
  readonly listeners: Set<(version: string) => void>
  readonly subscribed: Promise<void>
}

/** Subscribed to a channel only while somebody waits for it. */
export function createWatch(connect: (onMessage: OnMessage) => Subscriber): Watch {
  const channels = new Map<string, Channel>()
  const subscriber = connect((name, version) => {
    for (const listener of channels.get(name)?.listeners ?? []) listener(version)
  })

  const join = (name: string, listener: (version: string) => void): Promise<void> => {
    const channel = channels.get(name) ?? { listeners: new Set(), subscribed: subscriber.subscribe(name) }
    channels.set(name, channel)
    channel.listeners.add(listener)
    return channel.subscribed
  }

  const leave = (name: string, listener: (version: string) => void): void => {
    const channel = channels.get(name)
    if (!channel?.listeners.delete(listener) || channel.listeners.size > 0) return
    channels.delete(name)
    subscriber.unsubscribe(name).catch(() => {})
  }

  return {
    wait(name, version, hasChanged, { timeoutMs, signal }) {
      return new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const finish = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', finish)
          leave(name, onVersion)
          resolve()
        }
        const onVersion = (announced: string) => announced !== version && finish()
        const timer = setTimeout(finish, timeoutMs)
        if (hasMethods(timer, ['unref'])) timer.unref()
        signal?.addEventListener('abort', finish, { once: true })
        join(name, onVersion)
          .then(hasChanged)
          .then(
            (changed) => changed && finish(),
            () => {},
          )
      })
    },
  }
}

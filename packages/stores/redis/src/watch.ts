import { boundedWait, type WaitBounds } from '@valetkey/core/kit'
import type { OnMessage, Subscriber } from './connection.ts'

/** Announcements of writes, on one channel for each record: each names the version that was replaced, `''` for none. */
export interface Watch {
  /**
   * Resolves when `version` is replaced, when `hasChanged` says that it was, when the signal aborts, and after the timeout
   * at the latest: also when the subscriber is down.
   */
  wait(
    channel: string,
    version: string | undefined,
    hasChanged: () => Promise<boolean>,
    bounds: WaitBounds,
  ): Promise<void>
}

type Listener = (replaced: string) => void

interface Channel {
  readonly listeners: Set<Listener>
  subscribed: Promise<void>
  /** Settles with the last command. Never rejects. */
  last: Promise<void>
}

/** Subscribed to a channel only while somebody waits for it. */
export function createWatch(connect: (onMessage: OnMessage) => Subscriber): Watch {
  const channels = new Map<string, Channel>()
  const subscriber = connect((name, replaced) => {
    for (const listener of channels.get(name)?.listeners ?? []) listener(replaced)
  })

  const join = (name: string, listener: Listener): Promise<void> => {
    const channel = channels.get(name) ?? newChannel()
    channels.set(name, channel)
    channel.listeners.add(listener)
    if (channel.listeners.size === 1) channel.subscribed = inTurn(channel, () => subscriber.subscribe(name))
    return channel.subscribed
  }

  const leave = (name: string, listener: Listener): void => {
    const channel = channels.get(name)
    if (!channel?.listeners.delete(listener) || channel.listeners.size > 0) return
    const left = inTurn(channel, () => subscriber.unsubscribe(name)).catch(() => {})
    const { last } = channel
    void left.then(() => channel.last === last && channels.delete(name))
  }

  return {
    wait: (name, version = '', hasChanged, bounds) =>
      boundedWait(bounds, (end) => {
        const look = () => hasChanged().then((changed) => changed && end())
        const onReplaced = (replaced: string) => (replaced === version ? end() : void look().catch(() => {}))
        join(name, onReplaced)
          .then(look)
          .catch(() => {})
        return () => leave(name, onReplaced)
      }),
  }
}

function newChannel(): Channel {
  return { listeners: new Set(), subscribed: Promise.resolve(), last: Promise.resolve() }
}

/**
 * One command after the other: node-redis forgets a listener that is added while its channel is being unsubscribed, if that
 * began before it was subscribed.
 */
function inTurn(channel: Channel, command: () => Promise<void>): Promise<void> {
  const done = channel.last.then(command)
  channel.last = done.catch(() => {})
  return done
}

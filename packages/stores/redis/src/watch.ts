import { boundedWait, type WaitBounds } from '@valetkey/core/kit'
import type { Subscriber, SubscriberEvents } from './connection.ts'
import { storeError, unavailable } from './errors.ts'
import { EXTENSION, newestVersion, olderVersions } from './scripts.ts'

/** Announcements of writes, on one channel for each record: each names the new version and those that it replaced. */
export interface Watch {
  /**
   * Resolves when `version` is replaced, when `hasChanged` returns true, when the signal aborts, after the timeout, or when
   * announcements may have been missed; with `'extended'` if the write only extended a lease. Rejects if the subscriber is not
   * connected or is refused.
   */
  wait(
    channel: string,
    version: string | undefined,
    hasChanged: () => Promise<boolean>,
    bounds: WaitBounds,
  ): Promise<unknown>
}

interface Announcement {
  readonly isExtension: boolean
  readonly newest: string
  /** The versions before, newest first. */
  readonly replaced: string
}

/** `undefined`: announcements may have been missed. */
type Listener = (announcement: Announcement | undefined) => void

interface Channel {
  readonly listeners: Set<Listener>
  /** `undefined`: not subscribed, or announcements may have been missed. */
  subscribed: Promise<void> | undefined
  /** Settles with the last command. Never rejects. */
  last: Promise<void>
  /** The stored version and those that differ from it only by extensions. Any other version has to be looked up. */
  current: string
}

/** A process that waits for an account will wait for it again when its next token ends: it keeps this many subscriptions. */
const IDLE_LIMIT = 100

export function createWatch(connect: (events: SubscriberEvents) => Subscriber): Watch {
  const channels = new Map<string, Channel>()
  /** Names of the channels without listeners, the longest unused first. */
  const idle = new Set<string>()

  const subscriber = connect({
    onMessage(name, message) {
      const channel = channels.get(name)
      if (!channel) return
      const isExtension = message.startsWith(EXTENSION)
      const versions = isExtension ? message.slice(EXTENSION.length) : message
      const replaced = olderVersions(versions)
      const before = newestVersion(replaced)
      const same = channel.current.includes(before) ? channel.current : before
      const newest = newestVersion(versions)
      channel.current = newest + (isExtension ? same : '')
      for (const listener of channel.listeners) listener({ isExtension, newest, replaced })
    },
    onInterrupted() {
      for (const channel of channels.values()) {
        channel.subscribed = undefined
        for (const listener of channel.listeners) listener(undefined)
      }
    },
  })

  const join = (name: string, listener: Listener): Channel => {
    const channel = channels.get(name) ?? newChannel()
    channels.set(name, channel)
    idle.delete(name)
    channel.listeners.add(listener)
    if (channel.subscribed) return channel
    channel.current = ''
    const subscribed = inTurn(channel, () => subscriber.subscribe(name))
    channel.subscribed = subscribed
    subscribed.catch(() => {
      if (channel.subscribed === subscribed) channel.subscribed = undefined
    })
    return channel
  }

  const leave = (name: string, listener: Listener): void => {
    const channel = channels.get(name)
    if (!channel?.listeners.delete(listener) || channel.listeners.size > 0) return
    idle.add(name)
    const [longest = name] = idle
    if (idle.size > IDLE_LIMIT) forget(longest)
  }

  const forget = (name: string): void => {
    idle.delete(name)
    const channel = channels.get(name)
    if (!channel) return
    channel.subscribed = undefined
    const left = inTurn(channel, () => subscriber.unsubscribe(name)).catch(() => {})
    const { last } = channel
    void left.then(() => channel.last === last && channels.delete(name))
  }

  return {
    async wait(name, version = '', hasChanged, bounds) {
      if (!subscriber.isConnected()) throw unavailable('the subscriber is not connected')
      let told: 'extended' | undefined
      let failure: Error | undefined
      await boundedWait(bounds, (end) => {
        const isCurrent = () => version !== '' && channel.current.includes(version)
        const isAmong = (versions: string) => (version === '' ? versions === '' : versions.includes(version))
        const look = async (): Promise<void> => {
          // If the record cannot be read, the next read reports why.
          if (await hasChanged().catch(() => true)) end()
          else channel.current ||= version
        }
        const listener: Listener = (announcement) => {
          if (announcement && isCurrent()) {
            // This is a late announcement of an earlier write, or of the one that made `version`.
            if (!announcement.isExtension || announcement.newest === version) return
            told = 'extended'
          } else if (announcement && !isAmong(announcement.replaced)) {
            return void look()
          }
          end()
        }
        const channel = join(name, listener)
        if (!isCurrent()) {
          channel.subscribed?.then(look, (error: unknown) => {
            failure = storeError(error, name)
            end()
          })
        }
        return () => leave(name, listener)
      })
      if (failure) throw failure
      return told
    },
  }
}

function newChannel(): Channel {
  return { listeners: new Set(), subscribed: undefined, last: Promise.resolve(), current: '' }
}

/**
 * Runs one command at a time: node-redis loses a listener that is added while its channel is being unsubscribed, if the
 * unsubscription began before the subscription was complete.
 */
function inTurn(channel: Channel, command: () => Promise<void>): Promise<void> {
  const done = channel.last.then(command)
  channel.last = done.catch(() => {})
  return done
}

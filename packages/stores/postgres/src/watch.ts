import { boundedWait, type WaitBounds } from '@valetkey/core/kit'
import { storeError } from './errors.ts'
import type { Listen, ListenEvents } from './listener.ts'

/** Announcements of writes, on one channel for all records of a table: each names the new version and the one that it replaced. */
export interface Watch {
  readonly channel: string
  /** The announcement of a write. It contains a hash instead of the key: every user of the database can listen. */
  payloadOf(write: AnnouncedWrite): Promise<string>
  /**
   * Resolves when `version` is replaced, when `hasChanged` returns true, when the signal aborts, or after the timeout; with
   * `'extended'` if the write only extended a lease. Rejects if it cannot listen.
   */
  wait(
    key: string,
    version: string | undefined,
    hasChanged: () => Promise<boolean>,
    bounds: WaitBounds,
  ): Promise<unknown>
}

export interface AnnouncedWrite {
  readonly key: string
  readonly version: string
  readonly replaced: string | undefined
  readonly isExtension: boolean | undefined
}

interface Announcement {
  readonly isExtension: boolean
  /** The versions that are no longer stored, with extensions. */
  readonly gone: readonly string[]
}

interface Topic {
  /** `undefined`: announcements may have been missed. */
  readonly listeners: Set<(announcement: Announcement | undefined) => void>
  /** The stored version and those that differ from it only by extensions. Any other version has to be looked up. */
  current: readonly string[]
}

/** A process that waits for an account will wait for it again when its next token ends: it keeps this many topics. */
const IDLE_LIMIT = 100

/** Begins to listen at the first wait. */
export function createWatch(listen: Listen, channel: string): Watch {
  const topics = new Map<string, Topic>()
  /** Names of the topics without listeners, the longest unused first. */
  const idle = new Set<string>()
  let listening: Promise<void> | undefined

  const events: ListenEvents = {
    onPayload(payload) {
      const [name = '', version = '', replaced = '', extension] = payload.split(' ')
      const topic = topics.get(name)
      if (!topic) return
      const isExtension = extension !== undefined
      const gone = topic.current.includes(replaced) ? topic.current : [replaced]
      topic.current = isExtension ? [version, ...gone] : [version]
      for (const listener of topic.listeners) listener({ isExtension, gone })
    },
    onInterrupted(isOver) {
      if (isOver) listening = undefined
      for (const topic of topics.values()) {
        topic.current = []
        for (const listener of topic.listeners) listener(undefined)
      }
    },
  }

  const listenOnce = async (): Promise<void> => {
    listening ??= listen(channel, events)
    try {
      await listening
    } catch (error) {
      listening = undefined
      throw error
    }
  }

  const topicNamed = (name: string): Topic => {
    const topic = topics.get(name) ?? { listeners: new Set(), current: [] }
    topics.set(name, topic)
    idle.delete(name)
    return topic
  }

  const leave = (name: string): void => {
    if (topics.get(name)?.listeners.size !== 0) return
    idle.add(name)
    const [longest = name] = idle
    if (idle.size > IDLE_LIMIT && idle.delete(longest)) topics.delete(longest)
  }

  return {
    channel,
    payloadOf: async ({ key, version, replaced = '', isExtension }) =>
      [await nameOf(key), version, replaced, ...(isExtension ? ['+'] : [])].join(' '),
    async wait(key, version = '', hasChanged, bounds) {
      const name = await nameOf(key)
      let told: 'extended' | undefined
      let failure: Error | undefined
      await boundedWait(bounds, (end) => {
        const topic = topicNamed(name)
        const look = async (): Promise<void> => {
          // If the record cannot be read, the next read reports why.
          if (await hasChanged().catch(() => true)) end()
          else if (topic.current.length === 0) topic.current = [version]
        }
        const listener = (announcement: Announcement | undefined): void => {
          if (announcement && !announcement.gone.includes(version)) {
            // If it is the stored version, this announces the write that created it.
            if (!topic.current.includes(version)) void look()
            return
          }
          if (announcement?.isExtension) told = 'extended'
          end()
        }
        topic.listeners.add(listener)
        if (!topic.current.includes(version)) {
          listenOnce().then(look, (error: unknown) => {
            failure = storeError(error, channel)
            end()
          })
        }
        return () => {
          topic.listeners.delete(listener)
          leave(name)
        }
      })
      if (failure) throw failure
      return told
    },
  }
}

async function nameOf(key: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

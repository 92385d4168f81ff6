import { boundedWait, type WaitBounds } from '@valetkey/core/kit'
import type { Listen } from './listener.ts'

/** Announcements of writes, on one channel for all records of a table: each names the version that was replaced. */
export interface Watch {
  readonly channel: string
  /** What to announce of a write. The key stays untold: everybody in the database may listen. */
  payloadOf(key: string, replaced: string | undefined): Promise<string>
  /**
   * Resolves when `version` is replaced, when `hasChanged` says that it was, when the signal aborts, and after the timeout
   * at the latest: also when the listener is down.
   */
  wait(key: string, version: string | undefined, hasChanged: () => Promise<boolean>, bounds: WaitBounds): Promise<void>
}

type OnReplaced = (replaced: string) => void

/** Listens from the first wait on. */
export function createWatch(listen: Listen, channel: string): Watch {
  const waiting = new Map<string, Set<OnReplaced>>()
  let listening: Promise<void> | undefined

  const onPayload = (payload: string): void => {
    const [topic = '', replaced = ''] = payload.split(' ')
    for (const onReplaced of waiting.get(topic) ?? []) onReplaced(replaced)
  }

  const join = async (topic: string, onReplaced: OnReplaced): Promise<void> => {
    waiting.set(topic, (waiting.get(topic) ?? new Set()).add(onReplaced))
    listening ??= listen(channel, onPayload)
    try {
      await listening
    } catch (error) {
      listening = undefined
      throw error
    }
  }

  const leave = (topic: string, onReplaced: OnReplaced): void => {
    waiting.get(topic)?.delete(onReplaced)
    if (waiting.get(topic)?.size === 0) waiting.delete(topic)
  }

  return {
    channel,
    payloadOf: async (key, replaced = '') => `${await topicOf(key)} ${replaced}`,
    async wait(key, version = '', hasChanged, bounds) {
      const topic = await topicOf(key)
      await boundedWait(bounds, (end) => {
        const look = () => hasChanged().then((changed) => changed && end())
        const onReplaced = (replaced: string) => (replaced === version ? end() : void look().catch(() => {}))
        join(topic, onReplaced)
          .then(look)
          .catch(() => {})
        return () => leave(topic, onReplaced)
      })
    },
  }
}

async function topicOf(key: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

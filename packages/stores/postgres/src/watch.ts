import type { Listen } from './listener.ts'
import { hasMethods } from './methods.ts'

export interface WaitOptions {
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** Announcements of new versions, on one channel for all records of a table. */
export interface Watch {
  readonly channel: string
  /** What to announce of a record. Its key stays untold: everybody in the database may listen. */
  payloadOf(key: string, version: string): Promise<string>
  /**
   * Resolves when another version than `version` is announced or `hasChanged` says so, when the signal aborts, and after
   * the timeout at the latest: also when the listener is down.
   */
  wait(
    key: string,
    version: string | undefined,
    hasChanged: () => Promise<boolean>,
    options: WaitOptions,
  ): Promise<void>
}

type OnVersion = (version: string) => void

/** Listens from the first wait on. */
export function createWatch(listen: Listen, channel: string): Watch {
  const waiting = new Map<string, Set<OnVersion>>()
  let listening: Promise<void> | undefined

  const onPayload = (payload: string): void => {
    const [topic = '', version = ''] = payload.split(' ')
    for (const onVersion of waiting.get(topic) ?? []) onVersion(version)
  }

  const join = async (topic: string, onVersion: OnVersion): Promise<void> => {
    waiting.set(topic, (waiting.get(topic) ?? new Set()).add(onVersion))
    listening ??= listen(channel, onPayload)
    try {
      await listening
    } catch (error) {
      listening = undefined
      throw error
    }
  }

  const leave = (topic: string, onVersion: OnVersion): void => {
    waiting.get(topic)?.delete(onVersion)
    if (waiting.get(topic)?.size === 0) waiting.delete(topic)
  }

  return {
    channel,
    payloadOf: async (key, version) => `${await topicOf(key)} ${version}`,
    async wait(key, version, hasChanged, { timeoutMs, signal }) {
      const topic = await topicOf(key)
      await new Promise<void>((resolve) => {
        if (signal?.aborted) return resolve()
        const finish = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', finish)
          leave(topic, onVersion)
          resolve()
        }
        const onVersion = (announced: string) => announced !== version && finish()
        const timer = setTimeout(finish, timeoutMs)
        if (hasMethods(timer, ['unref'])) timer.unref()
        signal?.addEventListener('abort', finish, { once: true })
        join(topic, onVersion)
          .then(hasChanged)
          .then(
            (changed) => changed && finish(),
            () => {},
          )
      })
    },
  }
}

async function topicOf(key: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

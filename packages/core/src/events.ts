/** In every event. Never a secret. */
export interface EventContext {
  readonly vendor: string
  readonly account: string
  readonly generation: number
  /** Unix ms, by this machine's clock. */
  readonly at: number
}

/** What happens to a credential; what each event adds to `EventContext`. Durations in ms. */
export interface CredentialEvents {
  /** First tokens were obtained without a refresh token. */
  issued: EventContext & { readonly durationMs: number }
  refreshed: EventContext & { readonly durationMs: number }
  /** Another process obtained these tokens; they were read from the store. */
  adopted: EventContext
  /** The API refused an authorization. */
  refused: EventContext & { readonly status: number; readonly reason?: string | undefined }
  /** A refused request was sent again with a newer authorization. */
  replayed: EventContext & { readonly status: number; readonly accepted: boolean }
  /** A refused request was not sent again: its body cannot be, or `replay: false`. */
  'replay-skipped': EventContext & { readonly status: number; readonly reason: string }
  'refresh-failed': EventContext & {
    readonly reason: string
    readonly status?: number | undefined
    readonly retryAt?: number | undefined
  }
  'reauthorization-required': EventContext & { readonly reason: string }
  /** The store cannot be reached; what memory holds is still served. */
  'store-degraded': EventContext & { readonly reason: string }
  'signed-out': EventContext
}

export type CredentialEventName = keyof CredentialEvents

/** What an emitter fills in by itself. */
type Filled = 'vendor' | 'account' | 'at'

export interface EventHub {
  on<E extends CredentialEventName>(event: E, listener: (detail: CredentialEvents[E]) => void): () => void
  emit<E extends CredentialEventName>(event: E, account: string, detail: Omit<CredentialEvents[E], Filled>): void
}

/** Listeners of one credential. One that throws does not disturb the request or the other listeners. */
export function createEventHub(vendor: string, now: () => number): EventHub {
  const listeners = new Map<CredentialEventName, Set<(detail: never) => void>>()
  return {
    on(event, listener) {
      const set = listeners.get(event) ?? new Set()
      listeners.set(event, set.add(listener))
      return () => set.delete(listener)
    },
    emit(event, account, detail) {
      const full = { vendor, account, at: now(), ...detail }
      for (const listener of listeners.get(event) ?? []) callSafely(listener, full)
    },
  }
}

function callSafely(listener: (detail: never) => void, detail: unknown): void {
  try {
    const outcome: unknown = listener(detail as never)
    Promise.resolve(outcome).catch(() => {})
  } catch {
    // A listener's failure is its own: a request must not fail because a metric could not be counted.
  }
}

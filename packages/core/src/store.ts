/**
 * Keeps one opaque text per key and compares before it sets. Everything else (leases, crash handling, back-off) is built
 * on these two methods by the token lifecycle.
 */
export interface TokenStore {
  readonly specVersion: 'v1'
  /** Linearizable. `now` is the store's clock (Unix ms), sampled before the read; it is there for an absent key too. */
  get(key: string): Promise<StoreRead>
  /**
   * Writes `value` only if the stored version is `expected` (`undefined`: only if the key is absent). Durable before it
   * resolves. Rejecting means "unknown whether applied". A version never repeats for a key, not even after removal.
   */
  compareAndSet(
    key: string,
    expected: string | undefined,
    value: string,
    options?: { readonly retainMs?: number | undefined },
  ): Promise<CasResult>
  /** Resolves when the version is no longer `version`, or after the timeout. Saves polling; a lost wake-up costs latency only. */
  waitForChange?(
    key: string,
    version: string | undefined,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
  ): Promise<void>
  /** Keys present (status, key rotation, sign-out of all). */
  list?(): AsyncIterable<string>
}

export type StoreRead =
  | { readonly now: number; readonly version: string; readonly value: string }
  | { readonly now: number; readonly version?: undefined; readonly value?: undefined }

export type CasResult = { readonly ok: true; readonly version: string } | { readonly ok: false }

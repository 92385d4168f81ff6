import type { AnyCredentialEvent, CredentialEvents, TokenStore } from '@valetkey/core'
import { isCredentialError, memoryStore } from '@valetkey/core'
import type { AuthorizationCodeOptions, SignInCredential } from '@valetkey/oauth2'
import { type VirtualClock, virtualClock } from '@valetkey/testing'
import { onTestFinished } from 'vitest'
import { connect, createCounter, wholeFetch } from './connect.ts'
import { type IdleVendor, type IdleVendorRules, startIdleVendor } from './idle-vendor.ts'

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** One process: a credential with a store object of its own, so that nothing is shared but what is stored. */
export interface WarmProcess {
  readonly credential: SignInCredential
  /** What the credential was made with. */
  readonly options: Pick<AuthorizationCodeOptions, 'store' | 'clock' | 'fetch'>
  readonly events: AnyCredentialEvent[]
  /** Calls of its store by method. */
  readonly storeCalls: Record<'get' | 'compareAndSet', number>
  due(): CredentialEvents['reauthorization_due'][]
}

export interface WarmWorld {
  readonly clock: VirtualClock
  readonly vendor: IdleVendor
  readonly store: TokenStore
  start(options?: Partial<AuthorizationCodeOptions>): WarmProcess
  /** Lets time pass, and everything happen that is due in it. */
  pass(ms: number): Promise<void>
  /** Lets everything end that does not wait for time. */
  settle(): Promise<void>
}

export async function startWarmWorld(
  rules: IdleVendorRules = {},
  change: (store: TokenStore) => TokenStore = (store) => store,
): Promise<WarmWorld> {
  const clock = virtualClock()
  const vendor = await startIdleVendor(clock.now, rules)
  onTestFinished(() => vendor.close())
  const store = change(memoryStore({ clock }))
  const { counted, settle } = createCounter()
  return {
    clock,
    vendor,
    store,
    settle,
    start(options = {}) {
      const storeCalls = { get: 0, compareAndSet: 0 }
      const events: AnyCredentialEvent[] = []
      const own = {
        fetch: counted(wholeFetch),
        clock,
        store: {
          ...store,
          get(key: string) {
            storeCalls.get += 1
            return store.get(key)
          },
          compareAndSet(...write: Parameters<TokenStore['compareAndSet']>) {
            storeCalls.compareAndSet += 1
            return store.compareAndSet(...write)
          },
        },
      }
      const credential = connect({ tokenUrl: vendor.tokenUrl, ...own, ...options })
      credential.on('*', (...event) => void events.push(event))
      const due = () => events.flatMap((event) => (event[0] === 'reauthorization_due' ? [event[1]] : []))
      return { credential, options: own, events, storeCalls, due }
    },
    async pass(ms) {
      const end = clock.monotonic() + ms
      for (;;) {
        await settle()
        const leftMs = end - clock.monotonic()
        const nextMs = await Promise.race([clock.waitForSleep(leftMs), Promise.resolve(leftMs)])
        await clock.advance(nextMs)
        if (clock.monotonic() >= end) return await settle()
      }
    },
  }
}

/** Whether an account can be used without a person. */
export async function isAlive(credential: SignInCredential): Promise<boolean> {
  try {
    await credential.getToken()
    return true
  } catch (error) {
    if (isCredentialError(error, 'reauthorization_required')) return false
    throw error
  }
}

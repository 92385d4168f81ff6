import type { Authorization } from '../credential.ts'
import { innermostFetch } from '../options.ts'
import type { FlightPolicy } from '../refresh/run.ts'
import type { Acquirer, LifecycleChange } from './flights.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { HeldTokens } from './memory.ts'
import { emitChange } from './notify.ts'
import { begin, type TokenSettings } from './settings.ts'
import { sharedLifecycle } from './shared.ts'

/** The tokens of one store key, as one credential uses them. */
export class KeyedTokens implements Acquirer {
  readonly key: string
  readonly lifecycle: Lifecycle
  readonly settings: TokenSettings
  readonly #account: string
  #held: HeldTokens | undefined = undefined
  #authorization: Authorization | undefined = undefined

  constructor(settings: TokenSettings, account: string, key: string) {
    const { store, clock, windows, target } = settings
    this.key = key
    this.lifecycle = sharedLifecycle(store, key, clock, windows).of(target)
    this.settings = settings
    this.#account = account
  }

  get runtime(): Acquirer['runtime'] {
    const { grant, isKeyedBySecrets, store, clock, options } = this.settings
    const fetch = innermostFetch(options.fetch ?? globalThis.fetch)
    return { grant, isKeyedBySecrets, account: this.#account, store, clock, fetch }
  }

  get policy(): FlightPolicy {
    const { target, canAcquire, canRefresh, windows, maxWaitMs } = this.settings
    return { key: this.key, target, canAcquire, canRefresh, windows, maxWaitMs }
  }

  waitUntil(work: Promise<unknown>): void {
    begin(this.settings, work, this.lifecycle)
    this.settings.options.waitUntil?.(work)
  }

  changed(change: LifecycleChange): void {
    emitChange(change, this.settings.hub, this.runtime)
  }

  /** Authorizes each generation once. */
  place(held: HeldTokens): Authorization {
    const known = this.#authorization
    if (known && this.#held === held) return known
    const authorization = known && this.#held?.generation === held.generation ? known : this.#authorize(held)
    this.#held = held
    this.#authorization = authorization
    return authorization
  }

  #authorize(held: HeldTokens): Authorization {
    const { authorizer, place, made } = this.settings
    const authorization = authorizer.authorize(() => place(held.tokens), held.generation)
    made?.set(authorization, held)
    return authorization
  }
}

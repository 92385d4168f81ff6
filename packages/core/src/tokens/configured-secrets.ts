import { isCredentialError } from '../errors.ts'
import { randomId } from './grant.ts'
import { KeyedTokens } from './keyed.ts'
import { readSecrets, secretKey } from './secret-key.ts'
import type { TokenSettings } from './settings.ts'

/** Secrets are read again at most this often, and never while memory holds a token that may be served without a thought. */
export const CHECK_INTERVAL_MS = 1_000

/** Which store key the secrets of a grant lead to, of one credential. */
export class ConfiguredSecrets {
  /** All that were in use. */
  readonly used: Map<string, KeyedTokens> = new Map()
  /** Monotonic ms: from then on they are read again. */
  checkAfter: number = Number.NEGATIVE_INFINITY
  readonly #settings: TokenSettings
  readonly #account: string
  #last: { readonly secrets: string; readonly keyed: KeyedTokens } | undefined = undefined
  #checking: Promise<KeyedTokens> | undefined = undefined
  #keepFreshAfter = Number.NEGATIVE_INFINITY
  #ownKey = ''

  constructor(settings: TokenSettings, account: string) {
    this.#settings = settings
    this.#account = account
  }

  /** @throws what the store throws, and a GrantError for secrets that cannot be read */
  async find(): Promise<KeyedTokens> {
    // A page over plain http has no WebCrypto.
    if (globalThis.crypto?.subtle === undefined) return this.#own()
    const { store, clock, grant } = this.#settings
    const secrets = await readSecrets(clock, grant)
    if (this.#last?.secrets === secrets) return this.#last.keyed
    const keyed = this.#at(await secretKey({ store, clock, keyParts: this.#keyParts() }, secrets))
    this.#last = { secrets, keyed }
    return keyed
  }

  /**
   * The same, once for all who ask at one moment.
   * @param current what is used where they cannot be read
   * @throws CredentialError `record_unreadable`
   */
  check(current: KeyedTokens | undefined): Promise<KeyedTokens> {
    this.#checking ??= this.find()
      .catch((error: unknown) => {
        if (isCredentialError(error, 'record_unreadable')) throw error
        return current ?? this.#own()
      })
      .then((keyed) => {
        this.checkAfter = this.#settings.clock.monotonic() + CHECK_INTERVAL_MS
        return keyed
      })
      .finally(() => {
        this.#checking = undefined
      })
    return this.#checking
  }

  /** Tokens under way for other secrets than the record's would be stored where those do not belong. */
  keepFresh(keyed: KeyedTokens): void {
    const { clock } = this.#settings
    if (clock.monotonic() < this.#keepFreshAfter) return
    this.#keepFreshAfter = clock.monotonic() + CHECK_INTERVAL_MS
    const keepingFresh = this.find().then(
      (now) => now === keyed && keyed.lifecycle.keepFresh(keyed),
      () => undefined,
    )
    keyed.waitUntil(keepingFresh)
  }

  /** For a process that can prove nothing: a key that no other process has. */
  #own(): KeyedTokens {
    this.#ownKey ||= JSON.stringify([...this.#keyParts(), [randomId() + randomId()]])
    return this.#at(this.#ownKey)
  }

  #at(key: string): KeyedTokens {
    const keyed = this.used.get(key) ?? new KeyedTokens(this.#settings, this.#account, key)
    this.used.set(key, keyed)
    return keyed
  }

  #keyParts(): readonly string[] {
    return [...this.#settings.keyStart, this.#account]
  }
}

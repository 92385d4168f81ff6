import type { Authorization, RenewOptions, ResponseView, SentTo } from '../credential.ts'
import type { CredentialError } from '../errors.ts'
import { originOf } from '../origins.ts'
import { storeFailure } from '../refresh/run.ts'
import { abortable, throwIfAborted, within } from '../time.ts'
import { CHECK_INTERVAL_MS, ConfiguredSecrets } from './configured-secrets.ts'
import type { Outcome } from './flights.ts'
import { isGrantError } from './grant.ts'
import { KeyedTokens } from './keyed.ts'
import { type HeldTokens, hasPassed, type NegativeResult, negativeError } from './memory.ts'
import type { TokenSettings } from './settings.ts'

type Signal = AbortSignal | null | undefined

/** So long after both clocks were read, the wall clock alone says whether tokens are fresh: reading the other one takes twice as long. */
const BOTH_CLOCKS_MS = 50

/** Tokens, and the key that they are stored under. */
export interface Obtained {
  readonly held: HeldTokens
  readonly keyed: KeyedTokens
}

interface Waited {
  readonly keyed: KeyedTokens
  readonly outcome: Outcome
}

/**
 * The tokens of one account, as one credential uses them: under one store key permanently, or under the key of the secrets that are
 * configured at the time. A class, since there may be very many; and all is private, since it shows with the credential.
 */
export class AccountTokens {
  readonly #settings: TokenSettings
  readonly #account: string
  #current: KeyedTokens | undefined
  readonly #secrets: ConfiguredSecrets | undefined

  constructor(settings: TokenSettings, account: string) {
    this.#settings = settings
    this.#account = account
    this.#current = settings.isKeyedBySecrets
      ? undefined
      : new KeyedTokens(settings, account, JSON.stringify([...settings.keyStart, account]))
    this.#secrets = settings.isKeyedBySecrets ? new ConfiguredSecrets(settings, account) : undefined
  }

  settings(): TokenSettings {
    return this.#settings
  }

  account(): string {
    return this.#account
  }

  /** The one in use; `undefined` until secrets were read for the first time. */
  current(): KeyedTokens | undefined {
    return this.#current
  }

  /** Uses these tokens from now on: a user has signed in or out. */
  use(keyed: KeyedTokens): void {
    this.#current = keyed
  }

  /** At once where memory may serve its tokens; what is due is begun in the background. @throws as `Credential.authorization` */
  authorization(signal: Signal): Authorization | Promise<Authorization> {
    const held = this.#heldNow()
    if (held && this.#current) return this.#current.place(held)
    return this.#authorize(signal)
  }

  #authorize(signal: Signal): Promise<Authorization> {
    const keyed = this.#settled()
    if (!keyed) return this.obtain(signal).then((obtained) => obtained.keyed.place(obtained.held))
    const outcome = keyed.lifecycle.wait(-1, signal, keyed, this.#settings.maxWaitMs)
    return outcome.then((ended) => keyed.place(this.#tokensOf(ended)))
  }

  /** The same tokens. @throws as `Credential.authorization` */
  async obtain(signal: Signal): Promise<Obtained> {
    throwIfAborted(signal)
    const held = this.#heldNow()
    if (held && this.#current) return { held, keyed: this.#current }
    const { keyed, outcome } = await this.#wait(-1, signal)
    return { keyed, held: this.#tokensOf(outcome) }
  }

  /** Newer tokens than the refused ones; `undefined`: there are none to be had. @throws as `Credential.renew` */
  async renew(rejected: number, options: RenewOptions | undefined): Promise<Obtained | undefined> {
    const { lifecycle } = this.#current ?? {}
    const isNewest = lifecycle?.memory.usable(rejected) === undefined
    if (isNewest && options?.sent && lifecycle?.acceptance.refuse(rejected, options.sent)) return undefined
    const { keyed, outcome } = await this.#wait(rejected, options?.signal)
    return outcome.type === 'nothing' ? undefined : { keyed, held: this.#tokensOf(outcome) }
  }

  /** As `Credential.untilKnown`. */
  untilKnown(refused: Authorization, signal: Signal): Promise<Authorization> | undefined {
    const { clock, maxWaitMs } = this.#settings
    const keyed = this.#current
    if (!keyed) return undefined
    const { lifecycle } = keyed
    const { held } = lifecycle.memory
    if (held?.generation !== refused.generation || hasPassed(held, held.knownFrom, clock)) return undefined
    const replayable = lifecycle.spread(held, maxWaitMs, signal).then(() => {
      const newer = lifecycle.memory.usable(refused.generation)
      if (newer) return keyed.place(newer)
      // The account may have been signed out meanwhile.
      return lifecycle.memory.held?.generation === refused.generation ? refused : this.authorization(signal)
    })
    // Not awaited if the request cannot be sent again.
    replayable.catch(() => {})
    return replayable
  }

  /** As `Credential.accepted`. */
  accepted(authorization: Authorization, response: ResponseView, sent: SentTo): void {
    const lifecycle = this.#current?.lifecycle
    if (!lifecycle || lifecycle.acceptance.acknowledged === authorization) return
    // Read no sooner: platforms take long to tell the URL.
    const { status, url } = response
    if (status < 200 || status > 299 || !this.#settings.origins.covers(originOf(url || sent.url) ?? '')) return
    lifecycle.accept(authorization.generation, sent, false)
    if (!lifecycle.acceptance.hasSuspects()) lifecycle.acceptance.acknowledged = authorization
  }

  /** The tokens of the secrets that are configured now. @throws CredentialError if the secrets or the store cannot be read */
  async find(): Promise<KeyedTokens> {
    const found = await this.findOrProblem()
    return 'problem' in found ? this.#fail(found.problem) : found
  }

  async findOrProblem(): Promise<KeyedTokens | { readonly problem: NegativeResult }> {
    try {
      return this.#secrets ? await this.#secrets.find() : this.#certain()
    } catch (error) {
      return { problem: this.#problemOf(error) }
    }
  }

  error(result: NegativeResult): CredentialError {
    return negativeError(result, { vendor: this.#settings.vendor, account: this.#account })
  }

  /** Resolves when nothing is left to be stored. */
  async drain(): Promise<void> {
    const used = this.#secrets ? [...this.#secrets.used.values()] : [this.#certain()]
    await Promise.all(used.map(({ lifecycle }) => lifecycle.drain()))
  }

  /** Without secrets there is one key only. */
  #certain(): KeyedTokens {
    if (this.#current) return this.#current
    throw new Error('no secrets were read yet')
  }

  #heldNow(): HeldTokens | undefined {
    const keyed = this.#current
    const held = keyed?.lifecycle.memory.held
    if (!held) return undefined
    const { clock } = this.#settings
    const now = clock.now()
    // What the wall clock says of when, by the other clock, it is.
    const wall = now - held.wallAheadMs
    const isQuiet = wall < held.quietUntil
    if (isQuiet && now >= held.quietAt && now - held.quietAt < BOTH_CLOCKS_MS) return held
    const mono = clock.monotonic()
    if (isQuiet && mono < held.quietUntil) {
      held.quietAt = now
      return held
    }
    if (mono >= held.hardExpiry || wall >= held.hardExpiry) return undefined
    if (this.#secrets) this.#secrets.keepFresh(keyed)
    else keyed.lifecycle.keepFresh(keyed)
    return held
  }

  /** The one in use, unless secrets have to be read first. */
  #settled(): KeyedTokens | undefined {
    const isToBeChecked = this.#secrets && this.#settings.clock.monotonic() >= this.#secrets.checkAfter
    return isToBeChecked ? undefined : this.#current
  }

  #wait(rejected: number, signal: Signal): Promise<Waited> {
    const { clock, maxWaitMs } = this.#settings
    const deadline = clock.monotonic() + maxWaitMs
    const run = async (keyed: KeyedTokens): Promise<Waited> => ({
      keyed,
      outcome: await keyed.lifecycle.wait(rejected, signal, keyed, deadline - clock.monotonic()),
    })
    const settled = this.#settled()
    if (settled || !this.#secrets) return run(settled ?? this.#certain())
    const checked = this.#secrets.check(this.#current).then(
      (keyed) => {
        this.#current = keyed
        return run(keyed)
      },
      (error: unknown) => this.#fail(this.#problemOf(error)),
    )
    const late = () => this.#fail({ type: 'timeout' })
    return abortable(within(clock, maxWaitMs, checked, late), signal)
  }

  #tokensOf(outcome: Outcome): HeldTokens {
    return outcome.type === 'tokens' ? outcome.held : this.#fail(outcome)
  }

  #fail(result: NegativeResult): never {
    throw this.error(result)
  }

  #problemOf(error: unknown): NegativeResult {
    if (!isGrantError(error)) return storeFailure(error)
    const reason = error.failure.description ?? 'the secrets could not be read'
    const retryAt = Math.ceil(this.#settings.clock.now() + CHECK_INTERVAL_MS)
    return { type: 'token_unavailable', retryAt, reason }
  }
}

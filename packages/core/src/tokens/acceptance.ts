import type { SentTo } from '../credential.ts'
import type { Clock } from '../time.ts'

/** An endpoint that refused a token is asked with a new one at most this often while the API accepts tokens elsewhere. */
const SUSPECT_MS = 60_000

/** So many refreshes in that time which helped no endpoint: a refusal at one more is not likely to be the token's fault. */
const USELESS_LIMIT = 5

/** Endpoints that are remembered; further ones are not, and the limit above holds for them. */
const SUSPECT_LIMIT = 32

interface Suspect {
  /** Of the tokens that were refused, and that newer ones were asked for. */
  readonly generation: number
  readonly until: number
  /** The newer ones were refused as well, to the same request: answers to other requests do not disprove it. */
  isProven: boolean
}

/** Which tokens the API accepts, and which of its endpoints refuse good ones. */
export class Acceptance {
  /** The authorization whose acceptance there is nothing more to learn from. A member, since every answer asks for it. */
  acknowledged: object | undefined = undefined
  /** The newest generation that was accepted; -1: none. */
  generation = -1
  #suspects: Map<string, Suspect> | undefined = undefined
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether any endpoint is known to have refused a token in the last minute, and not to have accepted a newer one. */
  hasSuspects(): boolean {
    return this.#suspects !== undefined && this.#suspects.size > 0
  }

  /**
   * The API accepted tokens of this generation.
   * @returns whether that is news
   */
  accept(generation: number, sent: SentTo | undefined, isReplay: boolean): boolean {
    this.#forgetOld()
    const suspect = sent && this.hasSuspects() ? this.#suspects?.get(endpointOf(sent)) : undefined
    if (sent && suspect && generation > suspect.generation && (isReplay || !suspect.isProven))
      this.#suspects?.delete(endpointOf(sent))
    const isNews = generation > this.generation
    if (isNews) this.generation = generation
    return isNews
  }

  /** Tokens of this generation were refused although the request had been refused before, and they were obtained for it. */
  refuseAgain(generation: number, sent: SentTo): void {
    const suspect = this.#suspects?.get(endpointOf(sent))
    if (suspect && suspect.generation < generation) suspect.isProven = true
  }

  /**
   * Tokens of this generation were refused. `true`: newer ones would not help, since this endpoint, or several others within the
   * last minute, refused new tokens that the API accepts elsewhere.
   */
  refuse(generation: number, sent: SentTo): boolean {
    this.acknowledged = undefined
    const endpoint = endpointOf(sent)
    this.#forgetOld()
    this.#suspects ??= new Map()
    const suspects = this.#suspects
    const known = suspects.get(endpoint)
    const useless = [...suspects.values()].filter((suspect) => suspect.generation < generation)
    const isAccepted = generation <= this.generation
    if (isAccepted && known && known.generation < generation) return true
    if (isAccepted && new Set(useless.map((suspect) => suspect.generation)).size >= USELESS_LIMIT) return true
    if (known ? known.generation < generation : suspects.size < SUSPECT_LIMIT)
      suspects.set(endpoint, { generation, until: this.#clock.monotonic() + SUSPECT_MS, isProven: false })
    return false
  }

  #forgetOld(): void {
    if (!this.#suspects) return
    const now = this.#clock.monotonic()
    for (const [endpoint, { until }] of this.#suspects) if (now >= until) this.#suspects.delete(endpoint)
  }
}

/** Without the query, which may differ from request to request. */
function endpointOf({ url, method = 'GET' }: SentTo): string {
  return `${method.toUpperCase()} ${url.split(/[?#]/, 1)[0]}`
}

import type { SentTo } from '../credential.ts'
import type { Clock } from '../time.ts'

/** An endpoint that refused a token is asked with a new one at most this often while the API accepts tokens elsewhere. */
const SUSPECT_MS = 60_000

/** So many refreshes in that time which helped no endpoint: a refusal at one more is not likely to be the token's fault. */
const USELESS_LIMIT = 5

/** Endpoints that are remembered; further ones are not, and the limit above holds for them. */
const SUSPECT_LIMIT = 32

/** Which tokens the API accepts, and which of its endpoints refuse good ones. */
export interface Acceptance {
  /** The authorization whose acceptance there is nothing more to learn from. A member, since every answer asks for it. */
  acknowledged: object | undefined
  /** Whether any endpoint is known to have refused a token in the last minute, and not to have accepted a newer one. */
  hasSuspects(): boolean
  /** The newest generation that was accepted; -1: none. */
  readonly generation: number
  /**
   * The API accepted tokens of this generation.
   * @returns whether that is news
   */
  accept(generation: number, sent: SentTo | undefined, isReplay: boolean): boolean
  /** Tokens of this generation were refused although the request had been refused before, and they were obtained for it. */
  refuseAgain(generation: number, sent: SentTo): void
  /**
   * Tokens of this generation were refused. `true`: newer ones would not help, since this endpoint, or several others within the
   * last minute, refused new tokens that the API accepts elsewhere.
   */
  refuse(generation: number, sent: SentTo): boolean
}

interface Suspect {
  /** Of the tokens that were refused, and that newer ones were asked for. */
  readonly generation: number
  readonly until: number
  /** The newer ones were refused as well, to the same request: what other requests get says nothing about it. */
  isProven: boolean
}

export function createAcceptance(clock: Clock): Acceptance {
  const suspects = new Map<string, Suspect>()

  const forgetOld = (): void => {
    const now = clock.monotonic()
    for (const [endpoint, { until }] of suspects) if (now >= until) suspects.delete(endpoint)
  }
  const acceptance: Acceptance & { generation: number } = {
    acknowledged: undefined,
    generation: -1,
    hasSuspects: () => suspects.size > 0,
    accept(generation, sent, isReplay) {
      forgetOld()
      const suspect = sent && suspects.size > 0 ? suspects.get(endpointOf(sent)) : undefined
      if (sent && suspect && generation > suspect.generation && (isReplay || !suspect.isProven))
        suspects.delete(endpointOf(sent))
      const isNews = generation > acceptance.generation
      if (isNews) acceptance.generation = generation
      return isNews
    },
    refuseAgain(generation, sent) {
      const suspect = suspects.get(endpointOf(sent))
      if (suspect && suspect.generation < generation) suspect.isProven = true
    },
    refuse(generation, sent) {
      acceptance.acknowledged = undefined
      const endpoint = endpointOf(sent)
      forgetOld()
      const known = suspects.get(endpoint)
      const useless = [...suspects.values()].filter((suspect) => suspect.generation < generation)
      const isAccepted = generation <= acceptance.generation
      if (isAccepted && known && known.generation < generation) return true
      if (isAccepted && new Set(useless.map((suspect) => suspect.generation)).size >= USELESS_LIMIT) return true
      if (known ? known.generation < generation : suspects.size < SUSPECT_LIMIT)
        suspects.set(endpoint, { generation, until: clock.monotonic() + SUSPECT_MS, isProven: false })
      return false
    },
  }
  return acceptance
}

/** Without the query, which may differ from request to request. */
function endpointOf({ url, method = 'GET' }: SentTo): string {
  return `${method.toUpperCase()} ${url.split(/[?#]/, 1)[0]}`
}

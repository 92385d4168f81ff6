/**
 * - `strict`: a refresh token works once; presenting it again revokes the whole family (RFC 9700 §4.14.2)
 * - `grace`: the direct parent of an unused token may be presented again for 10 minutes, and each time gives one more valid
 *   pair (Atlassian's and Auth0's leeway); anything older revokes the family
 */
export const VENDOR_RULES = ['grace', 'strict'] as const
export type VendorRule = (typeof VENDOR_RULES)[number]

const GRACE_MS = 10 * 60_000

/** The tokens that came from one sign-in. */
export interface Family {
  readonly account: string
  readonly rule: VendorRule
  isRevoked: boolean
}

/** One pair of tokens, named by its number. */
export interface TokenPair {
  readonly serial: number
  readonly family: Family
  readonly accessToken: string
  readonly refreshToken: string
}

/** What the rule says of one presentation of a refresh token. */
export type Verdict =
  | { readonly type: 'rotated' | 'repeated'; readonly pair: TokenPair }
  /** Presented again where that is not allowed: the family is revoked by it. */
  | { readonly type: 'reused' }
  /** Of a family that is revoked already, or never issued. */
  | { readonly type: 'refused' }

export interface TokenFamilies {
  begin(account: string, rule: VendorRule): TokenPair
  familyOf(refreshToken: string): Family | undefined
  /** `at`: Unix ms. */
  present(refreshToken: string, at: number): Verdict
  /** The pair's access token works from now on for one lifetime. */
  activate(pair: TokenPair, until: number): void
  accepts(accessToken: string, at: number): boolean
}

interface Spendable {
  readonly pair: TokenPair
  readonly children: number[]
  spentAt?: number
}

/** The number in a refresh token of these families, wherever in `text` it stands. */
export function serialIn(text: string): number | undefined {
  const [, serial] = /\brefresh-(\d+)-/.exec(text) ?? []
  return serial === undefined ? undefined : Number(serial)
}

export function createTokenFamilies(): TokenFamilies {
  const pairs: Spendable[] = []
  const access = new Map<string, { readonly family: Family; until: number }>()

  const mint = (family: Family): TokenPair => {
    const serial = pairs.length
    const secret = crypto.randomUUID()
    const pair = {
      serial,
      family,
      accessToken: `access-${serial}-${secret}`,
      refreshToken: `refresh-${serial}-${secret}`,
    }
    pairs.push({ pair, children: [] })
    return pair
  }

  const rotate = (spendable: Spendable): TokenPair => {
    const pair = mint(spendable.pair.family)
    spendable.children.push(pair.serial)
    return pair
  }

  const mayRepeat = ({ pair, children, spentAt = 0 }: Spendable, at: number): boolean =>
    pair.family.rule === 'grace' &&
    at - spentAt < GRACE_MS &&
    children.every((child) => pairs[child]?.spentAt === undefined)

  const find = (refreshToken: string): Spendable | undefined => {
    const spendable = pairs[serialIn(refreshToken) ?? -1]
    return spendable?.pair.refreshToken === refreshToken ? spendable : undefined
  }

  return {
    begin: (account, rule) => mint({ account, rule, isRevoked: false }),
    familyOf: (refreshToken) => find(refreshToken)?.pair.family,
    present(refreshToken, at) {
      const spendable = find(refreshToken)
      if (spendable === undefined || spendable.pair.family.isRevoked) return { type: 'refused' }
      if (spendable.spentAt === undefined) {
        spendable.spentAt = at
        return { type: 'rotated', pair: rotate(spendable) }
      }
      if (mayRepeat(spendable, at)) return { type: 'repeated', pair: rotate(spendable) }
      spendable.pair.family.isRevoked = true
      return { type: 'reused' }
    },
    activate(pair, until) {
      access.set(pair.accessToken, { family: pair.family, until })
    },
    accepts(accessToken, at) {
      const found = access.get(accessToken)
      return found !== undefined && !found.family.isRevoked && at < found.until
    },
  }
}

/** What a token endpoint does when a refresh token comes that was used before. Each is a rule that some vendor documents. */
export const VENDOR_RULES = ['strict', 'reject', 'latest', 'siblings', 'idempotent'] as const
export type VendorRule = (typeof VENDOR_RULES)[number]

/** `A`: not used yet. `R`: rotated. `S`: superseded by a younger sibling. */
interface IssuedSet {
  readonly parent: number
  readonly state: 'A' | 'R' | 'S'
  readonly family: number
}

export interface Vendor {
  readonly rule: VendorRule
  readonly sets: readonly IssuedSet[]
  /** Access tokens that the API accepts, by set. */
  readonly accepted: readonly number[]
  /** Access tokens that ran out by the clock: no race. */
  readonly expired: readonly number[]
  readonly revokedFamilies: readonly number[]
  readonly rotations: number
  /** How often a refresh token came that had been rotated. */
  readonly reuses: number
}

export function createVendor(rule: VendorRule): Vendor {
  const first: IssuedSet = { parent: -1, state: 'A', family: 0 }
  return { rule, sets: [first], accepted: [], expired: [], revokedFamilies: [], rotations: 0, reuses: 0 }
}

export interface VendorAnswer {
  readonly vendor: Vendor
  /** The set given, or undefined: `invalid_grant`. */
  readonly set?: number
}

/** A new family, as a sign-in or a password grant starts it. */
export function issueFamily(vendor: Vendor): { vendor: Vendor; set: number } {
  const set = vendor.sets.length
  const sets = [...vendor.sets, { parent: -1, state: 'A', family: set } as const]
  return { set, vendor: { ...vendor, sets, accepted: [...vendor.accepted, set] } }
}

export function refreshAtVendor(vendor: Vendor, refreshToken: number): VendorAnswer {
  const used = vendor.sets[refreshToken]
  if (!used || vendor.revokedFamilies.includes(used.family)) return { vendor }
  if (used.state === 'A') return rotate(withState(vendor, refreshToken, 'R'), refreshToken, used.family)
  return onReuse({ ...vendor, reuses: vendor.reuses + 1 }, refreshToken, used)
}

function onReuse(vendor: Vendor, refreshToken: number, used: IssuedSet): VendorAnswer {
  const children = childrenOf(vendor, refreshToken)
  const unused = children.filter((child) => vendor.sets[child]?.state === 'A')
  const wasFollowed = children.some((child) => vendor.sets[child]?.state === 'R')
  const [firstUnused] = unused
  switch (vendor.rule) {
    case 'strict':
      return { vendor: revoke(vendor, used.family) }
    case 'reject':
      return { vendor }
    case 'latest': {
      if (used.state === 'S' || wasFollowed || unused.length === 0) return { vendor: revoke(vendor, used.family) }
      const superseded = unused.reduce((current, child) => withState(current, child, 'S'), vendor)
      const accepted = superseded.accepted.filter((set) => !unused.includes(set))
      return rotate({ ...superseded, accepted }, refreshToken, used.family)
    }
    case 'siblings':
      return wasFollowed ? { vendor: revoke(vendor, used.family) } : rotate(vendor, refreshToken, used.family)
    case 'idempotent':
      if (wasFollowed || firstUnused === undefined) return { vendor: revoke(vendor, used.family) }
      return { vendor, set: firstUnused }
  }
}

/** Whether presenting this refresh token would give tokens. */
export function isUsable(vendor: Vendor, refreshToken: number): boolean {
  const set = vendor.sets[refreshToken]
  if (!set || vendor.revokedFamilies.includes(set.family)) return false
  if (set.state === 'A') return true
  if (set.state === 'S' || vendor.rule === 'strict' || vendor.rule === 'reject') return false
  const states = childrenOf(vendor, refreshToken).map((child) => vendor.sets[child]?.state)
  return states.includes('A') && !states.includes('R')
}

/** An access token that only ran out by the clock is no race. */
export function isAccepted(vendor: Vendor, set: number): boolean {
  return vendor.accepted.includes(set) || vendor.expired.includes(set)
}

/** The API stops accepting an access token; `byClock`: because its time is over. */
export function endAccess(vendor: Vendor, set: number, byClock: boolean): Vendor {
  const accepted = vendor.accepted.filter((other) => other !== set)
  return { ...vendor, accepted, expired: byClock ? [...vendor.expired, set] : vendor.expired }
}

function rotate(vendor: Vendor, parent: number, family: number): VendorAnswer {
  const set = vendor.sets.length
  const sets = [...vendor.sets, { parent, state: 'A', family } as const]
  return { set, vendor: { ...vendor, sets, accepted: [...vendor.accepted, set], rotations: vendor.rotations + 1 } }
}

function withState(vendor: Vendor, set: number, state: IssuedSet['state']): Vendor {
  return { ...vendor, sets: vendor.sets.map((other, at) => (at === set ? { ...other, state } : other)) }
}

function childrenOf(vendor: Vendor, parent: number): number[] {
  return vendor.sets.flatMap((set, at) => (set.parent === parent ? [at] : []))
}

function revoke(vendor: Vendor, family: number): Vendor {
  const isOther = (set: number) => vendor.sets[set]?.family !== family
  return {
    ...vendor,
    revokedFamilies: [...vendor.revokedFamilies, family],
    accepted: vendor.accepted.filter(isOther),
    expired: vendor.expired.filter(isOther),
  }
}

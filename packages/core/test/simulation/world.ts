import type { CasResult, StoreRead } from '../../src/store.ts'
import { createVendor, endAccess, isUsable, refreshAtVendor, type Vendor, type VendorRule } from '../model/vendor.ts'
import { type Chance, createChance, createScheduler, type Scheduler } from './scheduler.ts'

export interface Faults {
  readonly crash?: boolean
  readonly pause?: boolean
  /** Of token requests and answers, 3 % each. */
  readonly loss?: boolean
  /** Outages of up to 12 s, and calls of unknown outcome. */
  readonly store?: boolean
  /** A quarter of the token requests takes 5 to 40 s. */
  readonly slow?: boolean
  /** Of the token endpoint, up to a minute each, with every kind of `Retry-After`. */
  readonly refuse?: boolean
  /** The store has `waitForChange`; `some`: a third of what it tells is lost, and at times it cannot listen. */
  readonly tells?: 'all' | 'some'
  /** Strikes whoever holds the lease. */
  readonly aim?: 'crash' | 'pause'
}

const LIFETIME_MS = 60_000
const MINUTE_MS = 60_000
const EPOCH = 1_800_000_000_000
/** The store's clock is not that of any process. */
const STORE_AHEAD_MS = 7_000

/** A vendor and a store that all processes share, on virtual time. Tokens are the vendor's set numbers. */
export interface SimulatedWorld {
  readonly chance: Chance
  readonly scheduler: Scheduler
  readonly faults: Faults
  /** The wall clock of a machine whose clock is right. */
  wall(): number
  readonly store: {
    read(): StoreRead
    write(expected: string | undefined, value: string, isExtension?: boolean): CasResult
    /** Called at each write. */
    readonly listeners: Set<(isExtension: boolean) => void>
    isDown(): boolean
    failFor(ms: number): void
  }
  readonly tokenEndpoint: {
    /** Notes a request. @returns whether it is refused */
    isDown(): boolean
    failFor(ms: number): void
    /** The most requests within any minute. */
    mostCallsInAMinute(): number
  }
  /** The set given for a refresh token and how long it still lives, or undefined: `invalid_grant`. */
  refresh(refreshToken: number): { readonly set: number; readonly leftMs: number } | undefined
  /** Whether the API takes this access token now. */
  accepts(set: number): boolean
  rotations(): number
  reuses(): number
  /** The store has a refresh token that the vendor does not take, and does not say so. */
  isTokenLost(): boolean
}

export function createSimulatedWorld(seed: number, rule: VendorRule, faults: Faults): SimulatedWorld {
  const scheduler = createScheduler()
  const wall = () => EPOCH + scheduler.now()
  const issuedAt = wall() + STORE_AHEAD_MS
  let vendor: Vendor = { ...createVendor(rule), accepted: [0] }
  let stored = { version: 1, value: JSON.stringify(firstRecord(issuedAt)) }
  let downUntil = -1
  let refusesUntil = -1
  const calls: number[] = []
  const listeners = new Set<(isExtension: boolean) => void>()
  let mostCalls = 0

  const ends = new Map<number, number>()
  const bear = (set: number): void => {
    ends.set(set, scheduler.now() + LIFETIME_MS)
    scheduler.at(LIFETIME_MS, () => {
      vendor = endAccess(vendor, set, true)
    })
  }
  bear(0)

  return {
    chance: createChance(seed),
    scheduler,
    faults,
    wall,
    store: {
      read: () => ({ now: wall() + STORE_AHEAD_MS, version: String(stored.version), value: stored.value }),
      listeners,
      write(expected, value, isExtension = false) {
        if (String(stored.version) !== expected) return { ok: false }
        stored = { version: stored.version + 1, value }
        for (const listener of listeners) listener(isExtension)
        return { ok: true, version: String(stored.version) }
      },
      isDown: () => scheduler.now() < downUntil,
      failFor(ms) {
        downUntil = scheduler.now() + ms
      },
    },
    tokenEndpoint: {
      isDown() {
        const now = scheduler.now()
        calls.push(now)
        while ((calls[0] ?? now) <= now - MINUTE_MS) calls.shift()
        mostCalls = Math.max(mostCalls, calls.length)
        return now < refusesUntil
      },
      failFor(ms) {
        refusesUntil = scheduler.now() + ms
      },
      mostCallsInAMinute: () => mostCalls,
    },
    refresh(refreshToken) {
      const { vendor: after, set } = refreshAtVendor(vendor, refreshToken)
      vendor = after
      if (set === undefined) return undefined
      if (!ends.has(set)) bear(set)
      return { set, leftMs: Math.max(0, (ends.get(set) ?? 0) - scheduler.now()) }
    },
    accepts: (set) => vendor.accepted.includes(set),
    rotations: () => vendor.rotations,
    reuses: () => vendor.reuses,
    isTokenLost() {
      const { dead, tokens } = JSON.parse(stored.value)
      return !dead && !isUsable(vendor, Number(tokens?.refreshToken))
    },
  }
}

function firstRecord(issuedAt: number): object {
  const tokens = {
    accessToken: '0',
    tokenType: 'Bearer',
    issuedAt,
    expiresAt: issuedAt + LIFETIME_MS,
    refreshToken: '0',
  }
  const key = JSON.stringify(['vk1', 'sim', 'default'])
  return { v: 1, key, generation: 1, setId: 'first', writtenBy: 'first', tokens }
}

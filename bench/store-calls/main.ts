// How often the store is asked. See ../README.md.
import { memoryStore, type TokenStore } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { printSection, sectionOptions } from '../runner/section.ts'
import { readAll } from '../subjects/subject.ts'
import { sharedCredential } from '../subjects/valetkey.ts'
import { startVendor } from '../vendor/start-vendor.ts'
import type { VendorPlan } from '../vendor/token-endpoint.ts'
import { type StoreCallsRow, storeCalls } from './section.ts'

const FRESH_REQUESTS = 1000
const AT_ONCE = 100

const vendor = await startVendor()

interface Counted {
  readonly store: TokenStore
  readonly calls: { reads: number; writes: number; waits: number }
}

/** Counts what one or more processes ask of a store that tells them of changes. */
function counted(inner: TokenStore, calls = { reads: 0, writes: 0, waits: 0 }): Counted {
  const store: TokenStore = {
    specVersion: 'v1',
    get(key) {
      calls.reads += 1
      return inner.get(key)
    },
    compareAndSet(key, expected, value, options) {
      calls.writes += 1
      return inner.compareAndSet(key, expected, value, options)
    },
    async waitForChange(key, version, options) {
      calls.waits += 1
      await inner.waitForChange?.(key, version, options)
    },
  }
  return { store, calls }
}

interface Case {
  readonly what: string
  readonly plan: VendorPlan
  readonly allowedReads: number
  readonly allowedWrites: number
  /** Between what is not counted and what is. */
  prepare(ask: () => Promise<number>): Promise<unknown>
  run(ask: () => Promise<number>): Promise<unknown>
}

const nothing = async (): Promise<void> => {}
const many = (ask: () => Promise<number>) => Promise.all(Array.from({ length: AT_ONCE }, ask))

const CASES: readonly Case[] = [
  {
    what: 'first request of a process, token in the store',
    plan: {},
    allowedReads: 1,
    allowedWrites: 0,
    prepare: nothing,
    run: (ask) => ask(),
  },
  {
    what: `${FRESH_REQUESTS} requests with a fresh token`,
    plan: {},
    allowedReads: 0,
    allowedWrites: 0,
    prepare: (ask) => ask(),
    async run(ask) {
      for (let sent = 0; sent < FRESH_REQUESTS; sent += 1) await ask()
    },
  },
  {
    what: `${AT_ONCE} requests, token expired`,
    plan: { isExpired: true },
    allowedReads: 1,
    allowedWrites: 2,
    prepare: nothing,
    run: many,
  },
  {
    what: `${AT_ONCE} requests, token refused`,
    plan: {},
    allowedReads: 1,
    allowedWrites: 2,
    prepare: async (ask) => {
      await ask()
      await vendor.revoke()
    },
    run: many,
  },
]

async function measure({ what, plan, allowedReads, allowedWrites, prepare, run }: Case): Promise<StoreCallsRow> {
  const shared = memoryStore()
  const signedIn = sharedCredential(vendor.origin, 'refresh token', shared)
  await signedIn.importTokens(await vendor.signIn(plan))
  const { store, calls } = counted(shared)
  const authorized = withCredential(fetch, sharedCredential(vendor.origin, 'refresh token', store))
  const ask = async (): Promise<number> => readAll(await authorized(`${vendor.origin}/v1/readings`))
  await prepare(ask)
  const before = { ...calls, ...(await vendor.counts()) }
  await run(ask)
  const { tokenCalls } = await vendor.counts()
  return {
    what,
    reads: calls.reads - before.reads,
    writes: calls.writes - before.writes,
    waits: calls.waits - before.waits,
    tokenCalls: tokenCalls - before.tokenCalls,
    allowedReads,
    allowedWrites,
  }
}

/** Processes that find the token expired while another one refreshes it. */
async function measureAdopters(): Promise<StoreCallsRow> {
  const shared = memoryStore()
  const signedIn = sharedCredential(vendor.origin, 'refresh token', shared)
  await signedIn.importTokens(await vendor.signIn({ isExpired: true, tokenDelayMs: 200 }))
  const calls = { reads: 0, writes: 0, waits: 0 }
  const credentials = Array.from({ length: 8 }, () =>
    sharedCredential(vendor.origin, 'refresh token', counted(shared, calls).store),
  )
  await Promise.all(credentials.map((credential) => credential.getToken()))
  const { tokenCalls } = await vendor.counts()
  return { what: '8 processes at once, token expired', ...calls, tokenCalls, allowedReads: 24, allowedWrites: 9 }
}

const options = sectionOptions()
const rows: StoreCallsRow[] = []
for (const it of CASES) rows.push(await measure(it))
rows.push(await measureAdopters())
vendor.stop()
printSection(storeCalls, rows, options)

// What becomes of one grant that several processes use. See ../README.md.
import { join } from 'node:path'
import { percentile } from '../runner/numbers.ts'
import type { OpenLoop } from '../runner/open-loop.ts'
import { barrier, progress, runChild } from '../runner/run-child.ts'
import { printSection, sectionOptions } from '../runner/section.ts'
import { sharedCredential } from '../subjects/valetkey.ts'
import { startVendor, type Vendor } from '../vendor/start-vendor.ts'
import type { SignedIn } from '../vendor/token-endpoint.ts'
import { type ProcessesRow, processes as section } from './section.ts'
import { openStore, prepareStore, STORES, type StoreAddress, type StoreKind } from './stores.ts'

const LIFETIME_S = 3
/** valetkey and the careful code refresh in this last part of a token's life. */
const AHEAD = 0.2
const TOKEN_DELAY_MS = 100

const EIGHT = { processes: 8, perSecond: 50, seconds: 9 }
const MANY = { processes: 64, perSecond: 10, seconds: 12 }
type Size = typeof EIGHT

const PEERS = ['fetch careful code', 'fetch badgateway', 'fetch google-auth-library', 'axios axios-auth-refresh']

const CHILD = join(import.meta.dirname, 'child.ts')

async function measureShared(vendor: Vendor, kind: StoreKind, size: Size): Promise<ProcessesRow> {
  const subject = `fetch valetkey, ${kind}`
  const prepared = await prepareStore(kind).catch(() => undefined)
  if (prepared === undefined) return { subject, ...expected(size) }
  const { address, remove } = prepared
  const signIn = async (): Promise<SignedIn> => {
    const tokens = await beginGrant(vendor)
    const { store, close } = await openStore(address)
    const credential = sharedCredential(vendor.origin, 'refresh token', store)
    await credential.importTokens(tokens)
    await credential.close()
    await close()
    return tokens
  }
  try {
    return await measure(vendor, subject, address, size, signIn)
  } finally {
    await remove()
  }
}

async function measure(
  vendor: Vendor,
  subject: string,
  address: StoreAddress | undefined,
  size: Size,
  signIn: () => Promise<SignedIn>,
): Promise<ProcessesRow> {
  progress(`processes: ${size.processes}, ${subject}`)
  const { processes, perSecond, seconds } = size
  const arrive = barrier(processes)
  let tokens: Promise<SignedIn> | undefined
  const whenReady = async (): Promise<SignedIn> => {
    await arrive()
    tokens ??= signIn()
    return tokens
  }
  const args = [subject, address ? JSON.stringify(address) : '', vendor.origin, String(perSecond), String(seconds)]
  const runs = await Promise.all(
    Array.from({ length: processes }, () => runChild<OpenLoop>(CHILD, args, { whenReady })),
  )
  const { tokenCalls, spent } = await vendor.counts()
  const latencies = runs.flatMap(({ latenciesMs }) => latenciesMs)
  return {
    subject,
    ...expected(size),
    tokenCalls,
    failed: runs.reduce((sum, { failed }) => sum + failed, 0),
    p99Ms: percentile(latencies, 0.99),
    maxMs: latencies.reduce((longest, it) => Math.max(longest, it), 0),
    isDead: spent,
  }
}

function expected({ processes, perSecond, seconds }: Size) {
  const allowedCalls = Math.ceil(seconds / (LIFETIME_S * (1 - AHEAD))) + 1
  return { processes, requests: processes * perSecond * seconds, allowedCalls }
}

function beginGrant(vendor: Vendor): Promise<SignedIn> {
  return vendor.signIn({ lifetimeMs: LIFETIME_S * 1000, tokenDelayMs: TOKEN_DELAY_MS })
}

const options = sectionOptions()
const vendor = await startVendor()
const rows: ProcessesRow[] = []
for (const size of options.isFull ? [EIGHT, MANY] : [EIGHT])
  for (const kind of STORES) rows.push(await measureShared(vendor, kind, size))
for (const peer of PEERS) rows.push(await measure(vendor, peer, undefined, EIGHT, () => beginGrant(vendor)))
vendor.stop()
printSection(section, rows, options)

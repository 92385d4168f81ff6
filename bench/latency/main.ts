// How long requests take while tokens expire. See ../README.md.
import { join } from 'node:path'
import { barrier, progress, runChild } from '../runner/run-child.ts'
import { printSection, sectionOptions } from '../runner/section.ts'
import { startVendor } from '../vendor/start-vendor.ts'
import type { VendorPlan } from '../vendor/token-endpoint.ts'
import type { Latencies } from './child.ts'
import { type LatencyRow, latency } from './section.ts'

const PER_SECOND = 200
const LIFETIME_S = 5
const TOKEN_DELAY_MS = 300
const SHORT = { seconds: 11, runs: 1, ownRuns: 2 }
const FULL = { seconds: 20, runs: 2, ownRuns: 8 }

const CHILD = join(import.meta.dirname, 'child.ts')

/** The plain client next to itself is the noise. */
const OWN = ['fetch plain', 'fetch valetkey', 'axios valetkey', 'ky valetkey']
const OTHERS = [
  'fetch careful code',
  'fetch badgateway',
  'fetch google-auth-library',
  'fetch azure bearer policy',
  'fetch simple-oauth2',
  'axios axios-auth-refresh',
]

interface Run extends Latencies {
  readonly tokenCalls: number
}

/** At the same time as the plain client of the same kind, and as nothing else. */
async function runBesidePlain(subject: string, seconds: number): Promise<Run & { readonly plainP99Ms: number }> {
  progress(`latency: ${subject}`)
  const begin = barrier(2)
  const run = async (title: string, plan: VendorPlan): Promise<Run> => {
    const vendor = await startVendor()
    const tokens = JSON.stringify(await vendor.signIn(plan))
    const args = [title, vendor.origin, tokens, ...[PER_SECOND, seconds, TOKEN_DELAY_MS].map(String)]
    const whenReady = async (): Promise<void> => {
      await begin()
      await vendor.resetCounts()
    }
    const latencies = await runChild<Latencies>(CHILD, args, { whenReady })
    const { tokenCalls } = await vendor.counts()
    vendor.stop()
    return { ...latencies, tokenCalls }
  }
  const plan = { lifetimeMs: LIFETIME_S * 1000, tokenDelayMs: TOKEN_DELAY_MS, isReusable: true }
  const isPlain = subject.endsWith(' plain')
  const [own, plain] = await Promise.all([
    run(subject, isPlain ? {} : plan),
    run(`${subject.split(' ', 1)[0]} plain`, {}),
  ])
  return { ...own, plainP99Ms: plain.p99Ms }
}

async function measure(subject: string, runs: number, seconds: number): Promise<LatencyRow> {
  const all: Awaited<ReturnType<typeof runBesidePlain>>[] = []
  while (all.length < runs) all.push(await runBesidePlain(subject, seconds))
  const each = <K extends 'p50Ms' | 'p99Ms' | 'maxMs' | 'plainP99Ms' | 'tokenCalls'>(key: K) =>
    all.map((run) => run[key])
  return {
    subject,
    requests: runs * PER_SECOND * seconds,
    expiries: Math.floor(seconds / LIFETIME_S),
    p50Ms: each('p50Ms'),
    p99Ms: each('p99Ms'),
    maxMs: each('maxMs'),
    plainP99Ms: each('plainP99Ms'),
    tokenCalls: each('tokenCalls'),
    waited: all.reduce((sum, { waited }) => sum + waited, 0),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
  }
}

const options = sectionOptions()
const { seconds, runs, ownRuns } = options.isFull ? FULL : SHORT
const rows: LatencyRow[] = []
for (const subject of OWN) rows.push(await measure(subject, ownRuns, seconds))
for (const subject of OTHERS) rows.push(await measure(subject, runs, seconds))
printSection(latency, rows, options)

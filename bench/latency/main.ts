// How long requests take while tokens expire. See ../README.md.
import { join } from 'node:path'
import { barrier, progress, runChild } from '../runner/run-child.ts'
import { printSection, sectionOptions } from '../runner/section.ts'
import { startVendor } from '../vendor/start-vendor.ts'
import type { Latencies } from './child.ts'
import { type LatencyRow, latency } from './section.ts'

const PER_SECOND = 200
const LIFETIME_S = 5
const TOKEN_DELAY_MS = 300
const PLAIN = 'fetch plain'
const SHORT = { seconds: 11, runs: 1, ownRuns: 2 }
const FULL = { seconds: 20, runs: 2, ownRuns: 8 }

const CHILD = join(import.meta.dirname, 'child.ts')

/** At the same time as a plain client. */
const OWN = ['fetch valetkey', 'axios valetkey', 'ky valetkey']
const OTHERS = [
  ['fetch careful code', 'fetch badgateway', 'fetch google-auth-library'],
  ['fetch azure bearer policy', 'fetch simple-oauth2', 'axios axios-auth-refresh'],
]

interface Run extends Latencies {
  readonly subject: string
  readonly tokenCalls: number
  readonly plainP99Ms: number
}

async function runTogether(subjects: readonly string[], seconds: number): Promise<Run[]> {
  progress(`latency: ${subjects.join(', ')}`)
  const titles = [PLAIN, ...subjects]
  const vendors = await Promise.all(titles.map(startVendor))
  const begin = barrier(titles.length)
  const runs = await Promise.all(
    vendors.map(async (vendor, index) => {
      const subject = titles[index] ?? ''
      const lifetime =
        subject === PLAIN ? {} : { lifetimeMs: LIFETIME_S * 1000, tokenDelayMs: TOKEN_DELAY_MS, isReusable: true }
      const tokens = await vendor.signIn(lifetime)
      const args = [subject, vendor.origin, JSON.stringify(tokens), String(PER_SECOND), String(seconds)]
      const whenReady = async (): Promise<void> => {
        await begin()
        await vendor.resetCounts()
      }
      const latencies = await runChild<Latencies>(CHILD, args, { whenReady })
      const { tokenCalls } = await vendor.counts()
      vendor.stop()
      return { subject, ...latencies, tokenCalls }
    }),
  )
  const [plain] = runs
  return runs.map((run) => ({ ...run, plainP99Ms: plain?.p99Ms ?? Number.NaN }))
}

function rowOf(subject: string, runs: readonly Run[], seconds: number): LatencyRow {
  const each = <K extends 'p50Ms' | 'p99Ms' | 'maxMs' | 'plainP99Ms' | 'tokenCalls'>(key: K) =>
    runs.map((run) => run[key])
  return {
    subject,
    requests: runs.length * PER_SECOND * seconds,
    expiries: Math.floor(seconds / LIFETIME_S),
    p50Ms: each('p50Ms'),
    p99Ms: each('p99Ms'),
    maxMs: each('maxMs'),
    plainP99Ms: each('plainP99Ms'),
    tokenCalls: each('tokenCalls'),
    failed: runs.reduce((sum, { failed }) => sum + failed, 0),
  }
}

const options = sectionOptions()
const { seconds, runs, ownRuns } = options.isFull ? FULL : SHORT
const collected = new Map<string, Run[]>()
const turns = [...Array.from({ length: ownRuns }, () => OWN), ...Array.from({ length: runs }, () => OTHERS).flat()]
for (const subjects of turns)
  for (const run of await runTogether(subjects, seconds))
    collected.set(run.subject, [...(collected.get(run.subject) ?? []), run])
printSection(
  latency,
  [...collected].map(([subject, each]) => rowOf(subject, each, seconds)),
  options,
)

// What a process holds after many requests and refreshes. See ../README.md.
import { join } from 'node:path'
import { inLanes, progress, runChild } from '../runner/run-child.ts'
import { printSection, sectionOptions } from '../runner/section.ts'
import { startVendor } from '../vendor/start-vendor.ts'
import type { Soaked } from './child.ts'
import { type SoakRow, soak } from './section.ts'

const SHORT_S = 24
const FULL_S = 300
const PLAN = { lifetimeMs: 1000, isMisleading: true }

const SUBJECTS = ['fetch careful code', 'fetch valetkey', 'axios valetkey', 'ky valetkey']
const CHILD = join(import.meta.dirname, 'child.ts')

const options = sectionOptions()
const seconds = options.isFull ? FULL_S : SHORT_S
const rows = new Map<string, SoakRow>()
await inLanes(SUBJECTS, startVendor, async (subject, vendor) => {
  progress(`soak: ${subject}`)
  const tokens = await vendor.signIn(PLAN)
  const args = [subject, vendor.origin, JSON.stringify(tokens), String(seconds)]
  const soaked = await runChild<Soaked>(CHILD, args, { flags: ['--expose-gc'] })
  const { tokenCalls, refused } = await vendor.counts()
  rows.set(subject, { subject, seconds, ...soaked, tokenCalls, refused })
})
printSection(
  soak,
  SUBJECTS.flatMap((subject) => rows.get(subject) ?? []),
  options,
)

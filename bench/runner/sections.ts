import { accounts } from '../accounts/section.ts'
import { failingEndpoint } from '../failing-endpoint/section.ts'
import { hotPath } from '../hot-path/section.ts'
import { latency } from '../latency/section.ts'
import { loopback } from '../loopback/section.ts'
import { processes } from '../processes/section.ts'
import { sizeAndStart } from '../size-and-start/section.ts'
import { soak } from '../soak/section.ts'
import { stampede } from '../stampede/section.ts'
import { storeCalls } from '../store-calls/section.ts'
import { storeCost } from '../store-cost/section.ts'
import { storeWaiting } from '../store-waiting/section.ts'
import { streaming } from '../streaming/section.ts'
import { waiters } from '../waiters/section.ts'
import type { AnySection } from './section.ts'

/** In the order of the page. */
export const SECTIONS: readonly AnySection[] = [
  hotPath,
  loopback,
  stampede,
  failingEndpoint,
  processes,
  storeCalls,
  storeCost,
  storeWaiting,
  latency,
  accounts,
  waiters,
  streaming,
  sizeAndStart,
  soak,
]

export function sectionNamed(name: string): AnySection {
  const section = SECTIONS.find((it) => it.name === name)
  if (!section)
    throw new RangeError(`no section is named "${name}"; there are ${SECTIONS.map((it) => it.name).join(', ')}`)
  return section
}

import { airthingsVendor } from './airthings.ts'
import { bluesondeVendor } from './bluesonde.ts'
import { flowluUserVendor } from './flowlu.ts'
import { flumeVendor } from './flume.ts'
import { m2mVendor } from './m2m.ts'
import type { Setup } from './setup.ts'
import type { SteppableClock } from './steppable-clock.ts'
import type { Runtime, Vendor } from './vendor.ts'

/** The vendor as another process has opened it. */
export function connectVendor(setup: Setup, runtime: Runtime, clock?: SteppableClock): Vendor {
  switch (setup.kind) {
    case 'flume':
      return flumeVendor(setup, runtime, clock)
    case 'airthings':
      return airthingsVendor(setup, runtime, clock)
    case 'bluesonde':
      return bluesondeVendor(setup, runtime, clock)
    case 'm2m':
      return m2mVendor(setup, runtime, clock)
    case 'flowlu-user':
      return flowluUserVendor(setup, runtime, clock)
  }
}

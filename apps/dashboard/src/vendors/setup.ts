import type { AirthingsSetup } from './airthings.ts'
import type { BluesondeSetup } from './bluesonde.ts'
import type { FlowluUserSetup } from './flowlu.ts'
import type { FlumeSetup } from './flume.ts'
import type { M2mSetup } from './m2m.ts'

/** What connects to a vendor, as JSON that one process hands to another. Holds secrets. */
export type Setup = FlumeSetup | AirthingsSetup | BluesondeSetup | FlowluUserSetup | M2mSetup

/** What all have in common. */
export interface SetupBase {
  readonly source: 'simulator' | 'live'
  /** Where the API is. */
  readonly baseUrl: string
  /** A simulator speaks http. */
  readonly allowInsecureRequests: boolean
}

import type { AirthingsAccount, FlowluUserAccount, FlumeAccount, M2mAccount } from './environment.ts'

/** What connects to a vendor, as JSON that one process hands to another. Holds secrets. */
export type Setup = FlumeSetup | AirthingsSetup | BluesondeSetup | FlowluUserSetup | M2mSetup

/** What all have in common. */
interface SetupBase {
  readonly source: 'simulator' | 'live'
  /** Where the API is. */
  readonly baseUrl: string
  /** A simulator speaks http. */
  readonly allowInsecureRequests: boolean
}

export interface FlumeSetup extends SetupBase, FlumeAccount {
  readonly kind: 'flume'
}

export interface AirthingsSetup extends SetupBase, AirthingsAccount {
  readonly kind: 'airthings'
  /** Of a simulator. */
  readonly tokenUrl?: string | undefined
  /** Both: a person signs in. */
  readonly redirectUri?: string | undefined
  readonly authorizationUrl?: string | undefined
}

/** A person signs in; the program has no secret. */
export interface BluesondeSetup extends SetupBase {
  readonly kind: 'bluesonde'
  readonly source: 'simulator'
  readonly clientId: string
  readonly redirectUri: string
  readonly tokenUrl: string
  readonly authorizationUrl: string
}

export interface M2mSetup extends SetupBase, M2mAccount {
  readonly kind: 'm2m'
}

export interface FlowluUserSetup extends SetupBase, FlowluUserAccount {
  readonly kind: 'flowlu-user'
}

import { airthingsSimulator } from './airthings/airthings-simulator.ts'
import { bluesondeSimulator } from './bluesonde/bluesonde-simulator.ts'
import { flowluSimulator } from './flowlu/flowlu-simulator.ts'
import { flumeSimulator } from './flume/flume-simulator.ts'
import { identityProviderSimulator } from './identity-provider/identity-provider-simulator.ts'
import { m2mSimulator } from './m2m/m2m-simulator.ts'

export type { AirthingsClientOptions, AirthingsSimulator } from './airthings/airthings-simulator.ts'
export type { AirthingsSimulatorOptions } from './airthings/options.ts'
export type {
  BluesondeClientOptions,
  BluesondeKnownOptions,
  BluesondeSimulator,
  BluesondeUrls,
  CodeConsent,
} from './bluesonde/bluesonde-simulator.ts'
export type { BluesondeAccount, BluesondeSimulatorOptions } from './bluesonde/options.ts'
export type { LoopbackContractServer } from './contract-server/contract-server.ts'
export { contractServer } from './contract-server/contract-server.ts'
export type { FlowluClientOptions, FlowluKnownOptions, FlowluSimulator } from './flowlu/flowlu-simulator.ts'
export type { FlowluSimulatorOptions } from './flowlu/options.ts'
export type { FlumeSimulator } from './flume/flume-simulator.ts'
export type { FlumeSimulatorOptions } from './flume/options.ts'
export type {
  IdentityProviderClientOptions,
  IdentityProviderKnownOptions,
  IdentityProviderSimulator,
} from './identity-provider/identity-provider-simulator.ts'
export type { TokenInfo } from './identity-provider/ledger.ts'
export type { IdentityProviderAccount, IdentityProviderOptions } from './identity-provider/options.ts'
export type { M2mSimulator } from './m2m/m2m-simulator.ts'
export type { M2mSimulatorOptions } from './m2m/options.ts'
export type { ClientAuthentication } from './registered-client.ts'
export type { ConsentAccount, SignInSimulator } from './sign-in/sign-in-simulator.ts'
export type {
  ApiKeyClientOptions,
  ForcedAnswer,
  GivenOptions,
  LoggedRequest,
  Side,
  Simulator,
  SimulatorClock,
  SimulatorUrls,
} from './simulator.ts'
export { gatewayTimeout } from './simulator.ts'
export {
  airthingsSimulator,
  bluesondeSimulator,
  flowluSimulator,
  flumeSimulator,
  identityProviderSimulator,
  m2mSimulator,
}

/** Every vendor's simulator by the vendor's name, and one for vendors that have none. */
export const simulators: {
  readonly airthings: typeof airthingsSimulator
  readonly bluesonde: typeof bluesondeSimulator
  readonly flowlu: typeof flowluSimulator
  readonly flume: typeof flumeSimulator
  readonly identityProvider: typeof identityProviderSimulator
  readonly m2m: typeof m2mSimulator
} = {
  airthings: airthingsSimulator,
  bluesonde: bluesondeSimulator,
  flowlu: flowluSimulator,
  flume: flumeSimulator,
  identityProvider: identityProviderSimulator,
  m2m: m2mSimulator,
}

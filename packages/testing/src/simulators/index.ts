import { airthingsSimulator } from './airthings/airthings-simulator.ts'
import { flumeSimulator } from './flume/flume-simulator.ts'

export type { AirthingsSimulator } from './airthings/airthings-simulator.ts'
export type { AirthingsSimulatorOptions } from './airthings/options.ts'
export type { FlumeSimulator } from './flume/flume-simulator.ts'
export type { FlumeSimulatorOptions } from './flume/options.ts'
export type { ForcedAnswer, LoggedRequest, Side, Simulator, SimulatorClock } from './simulator.ts'
export { gatewayTimeout } from './simulator.ts'
export { airthingsSimulator, flumeSimulator }

/** Every vendor's simulator by the vendor's name. */
export const simulators: {
  readonly airthings: typeof airthingsSimulator
  readonly flume: typeof flumeSimulator
} = { airthings: airthingsSimulator, flume: flumeSimulator }

export type { InstrumentOptions } from './instrument.ts'
export { instrument } from './instrument.ts'
export type { ObservedCredential } from './observed.ts'

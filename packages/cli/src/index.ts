export type { Io } from './io.ts'
export { run } from './run.ts'
export type { GrantDescription, OptionDescription, VendorDescription } from './vendors/description.ts'
export { parseVendorDescription } from './vendors/description.ts'

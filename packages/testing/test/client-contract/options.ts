import { inspect } from 'node:util'
import type { ClientContractOptions } from '../../src/index.ts'
import { contractServer } from '../../src/simulators/index.ts'

export const OPTIONS: ClientContractOptions = {
  name: 'a good client',
  server: contractServer,
  inspect: (value) => inspect(value, { depth: 9, showHidden: true }),
}

import { CLIENTS } from '../../../../packages/clients/ky/test/contract-clients.ts'
import { report } from './report.ts'

report(CLIENTS)

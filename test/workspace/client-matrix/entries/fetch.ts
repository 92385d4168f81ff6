import { CLIENTS } from '../../../../packages/clients/fetch/test/contract-clients.ts'
import { report } from './report.ts'

report(CLIENTS)

import axios from 'axios'
import { clientsOf } from '../../../../packages/clients/axios/test/contract-clients.ts'
import { report } from './report.ts'

report(clientsOf(axios, 'axios'))

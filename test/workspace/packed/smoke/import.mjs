import { withCredential } from '@valetkey/fetch'
import * as flume from '@valetkey/flume'
import exchange from './exchange.cjs'

await exchange({ flume, withCredential })

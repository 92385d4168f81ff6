import { withCredential } from '@valetkey/fetch'
import { flume } from '@valetkey/flume'
import exchange from './exchange.cjs'

await exchange({ flume, withCredential })

import { attachCredential } from '@valetkey/axios'
import type { BluesondeApiKeyOptions } from '@valetkey/bluesonde'
import * as bluesonde from '@valetkey/bluesonde'
import type { ApiKeyCredential } from '@valetkey/core'
import axios from 'axios'
import { axiosSend, type Connection } from './connection.ts'

/** The organisation's key: nothing to renew, and still sent to its own host only. */
export function connectBluesondeKey(options: BluesondeApiKeyOptions): Connection<ApiKeyCredential> {
  const credential = bluesonde.apiKey(options)
  const http = axios.create({ adapter: 'fetch' })
  attachCredential(http, credential)
  return { credential, send: axiosSend(http) }
}

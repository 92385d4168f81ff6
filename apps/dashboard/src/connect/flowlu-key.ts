import { attachCredential } from '@valetkey/axios'
import type { ApiKeyCredential } from '@valetkey/core'
import type { FlowluApiKeyOptions } from '@valetkey/flowlu'
import * as flowlu from '@valetkey/flowlu'
import axios from 'axios'
import { axiosSend, type Connection } from './connection.ts'

/** `apiKey` may be a function: a key that was replaced is read again when the API refuses the old. */
export function connectFlowluKey(options: FlowluApiKeyOptions): Connection<ApiKeyCredential> {
  const credential = flowlu.apiKey(options)
  const http = axios.create({ adapter: 'fetch' })
  attachCredential(http, credential)
  return { credential, send: axiosSend(http) }
}

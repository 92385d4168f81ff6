import { attachCredential } from '@valetkey/axios'
import * as flowlu from '@valetkey/flowlu'
import axios from 'axios'

/** `apiKey` may be a function: it is called again when the API refuses the key that it gave. */
export function connectFlowluKey(options: flowlu.FlowluApiKeyOptions) {
  const credential = flowlu.apiKey(options)
  const api = axios.create({ adapter: 'fetch' })
  attachCredential(api, credential)
  return { credential, api }
}

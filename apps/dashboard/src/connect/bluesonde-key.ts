import { attachCredential } from '@valetkey/axios'
import * as bluesonde from '@valetkey/bluesonde'
import axios from 'axios'

/** The organisation's key: it is never refreshed, and is sent to its host only. */
export function connectBluesondeKey(options: bluesonde.BluesondeApiKeyOptions) {
  const credential = bluesonde.apiKey(options)
  const api = axios.create({ adapter: 'fetch' })
  attachCredential(api, credential)
  return { credential, api }
}

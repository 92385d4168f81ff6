import { withCredential } from '@valetkey/fetch'
import * as flume from '@valetkey/flume'

/** Signs in with the password once. Each refresh token is used once and brings the next. */
export function connectFlume(options: flume.FlumeOptions) {
  const credential = flume.password(options)
  return { credential, api: withCredential(fetch, credential) }
}

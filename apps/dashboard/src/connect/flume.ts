import type { TokenCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import type { FlumeOptions } from '@valetkey/flume'
import * as flume from '@valetkey/flume'
import type { Connection } from './connection.ts'

/** Signs in with the password once; then each refresh token is used once and brings the next. */
export function connectFlume(options: FlumeOptions): Connection<TokenCredential> {
  const credential = flume.password(options)
  return { credential, send: withCredential(fetch, credential) }
}

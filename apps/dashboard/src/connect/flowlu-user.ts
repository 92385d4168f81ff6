import type { TokenCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import type { FlowluPasswordOptions } from '@valetkey/flowlu'
import * as flowlu from '@valetkey/flowlu'
import type { Connection } from './connection.ts'

/** Nobody tells when such a token ends: the first request that notices is refused, and sent again. */
export function connectFlowluUser(options: FlowluPasswordOptions): Connection<TokenCredential> {
  const credential = flowlu.password(options)
  return { credential, send: withCredential(fetch, credential) }
}

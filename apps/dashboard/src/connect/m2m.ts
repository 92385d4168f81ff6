import type { TokenCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import type { M2mOptions } from '@valetkey/m2m'
import * as m2m from '@valetkey/m2m'
import type { Connection } from './connection.ts'

/** Id and secret of a machine; no refresh token, so each token is asked for anew. */
export function connectM2m(options: M2mOptions): Connection<TokenCredential> {
  const credential = m2m.clientCredentials(options)
  return { credential, send: withCredential(fetch, credential) }
}

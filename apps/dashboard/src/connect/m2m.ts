import { withCredential } from '@valetkey/fetch'
import * as m2m from '@valetkey/m2m'

/** Id and secret of a machine. There is no refresh token: each token costs one token call. */
export function connectM2m(options: m2m.M2mOptions) {
  const credential = m2m.clientCredentials(options)
  return { credential, api: withCredential(fetch, credential) }
}

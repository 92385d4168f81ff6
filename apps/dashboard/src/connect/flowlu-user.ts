import { withCredential } from '@valetkey/fetch'
import * as flowlu from '@valetkey/flowlu'

/** Flowlu does not say when such a token ends: the first request that meets its end is refused, and replayed. */
export function connectFlowluUser(options: flowlu.FlowluPasswordOptions) {
  const credential = flowlu.password(options)
  return { credential, api: withCredential(fetch, credential) }
}

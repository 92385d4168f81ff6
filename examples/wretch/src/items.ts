import { withCredential } from '@valetkey/fetch'
import type { M2mOptions } from '@valetkey/m2m'
import * as m2m from '@valetkey/m2m'
import wretch, { type Wretch } from 'wretch'

export function createItemsApi(options: M2mOptions): Wretch {
  const credential = m2m.clientCredentials(options)
  return wretch(options.baseUrl).fetchPolyfill(withCredential(fetch, credential))
}

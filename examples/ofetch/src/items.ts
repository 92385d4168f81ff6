import { withCredential } from '@valetkey/fetch'
import type { M2mOptions } from '@valetkey/m2m'
import * as m2m from '@valetkey/m2m'
import { type $Fetch, createFetch } from 'ofetch'

export function createItemsFetch(options: M2mOptions): $Fetch {
  const credential = m2m.clientCredentials(options)
  return createFetch({ fetch: withCredential(fetch, credential), defaults: { baseURL: options.baseUrl } })
}

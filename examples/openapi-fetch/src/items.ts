import { withCredential } from '@valetkey/fetch'
import type { M2mOptions } from '@valetkey/m2m'
import * as m2m from '@valetkey/m2m'
import createClient, { type Client } from 'openapi-fetch'
import type { paths } from './schema.ts'

export function createItemsApi(options: M2mOptions): Client<paths> {
  const credential = m2m.clientCredentials(options)
  return createClient<paths>({ baseUrl: options.baseUrl, fetch: withCredential(fetch, credential) })
}

import { withCredential } from '@valetkey/fetch'
import type { M2mOptions } from '@valetkey/m2m'
import * as m2m from '@valetkey/m2m'

/** For the generated client: `client.setConfig(clientConfig(options))`, once, before the first request. */
export function clientConfig(options: M2mOptions): { readonly baseUrl: string; readonly fetch: typeof fetch } {
  const credential = m2m.clientCredentials(options)
  return { baseUrl: options.baseUrl, fetch: withCredential(fetch, credential) }
}

import { withCredential } from '@valetkey/fetch'
import * as m2m from '@valetkey/m2m'

/** The worker's variables and secrets. */
export interface Environment {
  readonly M2M_BASE_URL: string
  readonly M2M_CLIENT_ID: string
  readonly M2M_CLIENT_SECRET: string
  /** For `wrangler dev` and tests: http is permitted for loopback hosts. */
  readonly IS_LOCAL?: boolean
}

/** For all requests that an isolate answers: they share one token and one refresh. */
export function createItemsFetch(env: Environment, waitUntil: (work: Promise<unknown>) => void): typeof fetch {
  const credential = m2m.clientCredentials({
    baseUrl: env.M2M_BASE_URL,
    clientId: env.M2M_CLIENT_ID,
    clientSecret: env.M2M_CLIENT_SECRET,
    allowInsecureRequests: env.IS_LOCAL,
    waitUntil,
  })
  return withCredential(fetch, credential)
}

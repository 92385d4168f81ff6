import { type Credential, memoryStore, requireEnv } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import * as m2m from '@valetkey/m2m'

/** One token for all requests of this process. With several processes: `redisStore` or `postgresStore`. */
const store = memoryStore()

export const itemsFetch: typeof fetch = withCredential(fetch, credential)

/** Made when a request needs it: `next build` loads this module where there are no secrets. */
function credential(): Credential {
  return m2m.clientCredentials({
    baseUrl: requireEnv(process.env, 'VALETKEY_M2M_BASE_URL'),
    clientId: requireEnv(process.env, 'VALETKEY_M2M_CLIENT_ID'),
    clientSecret: requireEnv(process.env, 'VALETKEY_M2M_CLIENT_SECRET'),
    allowInsecureRequests: process.env.NODE_ENV !== 'production',
    store,
  })
}

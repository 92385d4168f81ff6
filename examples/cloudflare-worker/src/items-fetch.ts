import { env, waitUntil } from 'cloudflare:workers'
import { type Credential, memoryStore } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { m2m } from '@valetkey/m2m'

/** All requests that this isolate answers share one token and one renewal. */
const store = memoryStore()

export const itemsFetch: typeof fetch = withCredential(fetch, credential)

/** Made within a request, since workerd gives random values nowhere else. */
function credential(): Credential {
  return m2m.clientCredentials({
    baseUrl: env.M2M_BASE_URL,
    clientId: env.M2M_CLIENT_ID,
    clientSecret: env.M2M_CLIENT_SECRET,
    allowInsecureRequests: env.IS_LOCAL,
    waitUntil,
    store,
  })
}

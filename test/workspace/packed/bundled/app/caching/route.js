import { withCredential } from '@valetkey/fetch'
import { clientCredentials } from '@valetkey/oauth2'

/** Next.js keeps the answer of every fetch here that does not say otherwise. */
export const fetchCache = 'default-cache'

/** With a credential of its own, as a process that has just started. */
export async function GET(request) {
  const vendor = new URL(request.url).searchParams.get('vendor')
  const credential = clientCredentials({
    ...{ vendor: 'm2m', origins: [vendor], tokenUrl: `${vendor}/oauth/v2/token`, scopeFormat: 'omit' },
    ...{ clientId: 'example-client', clientSecret: 'example-secret', allowInsecureRequests: true },
  })
  const { status } = await withCredential(fetch, credential)(`${vendor}/v1/ping`, { cache: 'no-store' })
  return Response.json({ status })
}

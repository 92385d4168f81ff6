import { withCredential } from '@valetkey/fetch'
import * as flume from '@valetkey/flume'

/** Resolves with the status of a request that is refused once. */
export async function useVendor(baseUrl) {
  const credential = flume.password({
    ...{ clientId: 'example-client', clientSecret: 'example-secret' },
    ...{ username: 'robin@example.com', password: 'example-password' },
    ...{ baseUrl, allowInsecureRequests: true },
  })
  const { status } = await withCredential(fetch, credential)(`${baseUrl}/me`)
  await credential.close()
  return status
}

import { createApiKeyCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'

/** Resolves with the status of a request. */
export async function useVendor(baseUrl) {
  const apiKey = 'sk_test_example'
  const credential = createApiKeyCredential({ vendor: 'acme', origins: [baseUrl], apiKey, allowInsecureRequests: true })
  const { status } = await withCredential(fetch, credential)(`${baseUrl}/v1/devices`)
  return status
}

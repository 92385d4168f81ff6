import { type AccessToken, isCredentialError, memoryStore, type TokenStore } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import * as flume from '@valetkey/flume'

const store: TokenStore = memoryStore()
const credential = flume.password({
  clientId: 'example-client',
  clientSecret: async () => 'example-secret',
  username: 'robin@example.com',
  password: 'example-password',
  store,
})

export const flumeFetch: typeof fetch = withCredential(fetch, credential)

export async function tokenOrNothing(): Promise<AccessToken | undefined> {
  try {
    return await credential.getToken()
  } catch (error) {
    if (isCredentialError(error, 'token_unavailable')) console.error(new Date(error.retryAt))
    return undefined
  }
}

// @ts-expect-error the vendor has no such grant
export const none: unknown = flume.clientCredentials

// A program as its author sees it in an editor.
import { createApiKeyCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { clientCredentials } from '@valetkey/oauth2'

export const credential = clientCredentials({
  vendor: 'acme',
  origins: ['https://api.example.com'],
  tokenUrl: 'https://login.example.com/token',
  clientId: 'boat-app',
  clientSecret: 'invented-secret',
  refreshAheadMs: 30_000,
})
export const api = withCredential(fetch, credential, { uncovered: 'throw' })
export const apiKey = createApiKeyCredential({
  vendor: 'acme',
  origins: ['https://api.example.com'],
  apiKey: 'k',
  place: () => ({}),
})
credential.on('refreshed', () => {})
await credential.getToken()

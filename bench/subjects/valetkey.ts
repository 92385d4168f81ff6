import type { TokenCredential, TokenStore } from '@valetkey/core'
import { authorizationCode, clientCredentials, password } from '@valetkey/oauth2'
import { type Account, CLIENT_ID, CLIENT_SECRET } from './subject.ts'

export type GrantName = 'refresh token' | 'client credentials' | 'password'

/** A credential of the bench's vendor. With a store, the tokens are in it already. */
export async function credentialOf(
  { origin, tokens }: Account,
  grant: GrantName = 'refresh token',
  store?: TokenStore,
): Promise<TokenCredential> {
  const options = {
    vendor: 'bench',
    origins: [origin],
    tokenUrl: `${origin}/token`,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    allowInsecureRequests: true,
    store,
  }
  if (grant === 'client credentials') return clientCredentials(options)
  if (grant === 'password') return password({ ...options, username: 'ada', password: 'passw0rd' })
  const credential = authorizationCode({
    ...options,
    authorizationUrl: `${origin}/authorize`,
    redirectUri: 'http://localhost:8080/callback',
  })
  if (store === undefined) await credential.importTokens(tokens)
  return credential
}

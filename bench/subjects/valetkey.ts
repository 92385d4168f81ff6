import type { TokenCredential, TokenStore } from '@valetkey/core'
import { authorizationCode, clientCredentials, password } from '@valetkey/oauth2'
import { type Account, CLIENT_ID, CLIENT_SECRET } from './subject.ts'

export type GrantName = 'refresh token' | 'client credentials' | 'password'

/** A credential of the bench's vendor. */
export async function credentialOf(account: Account, grant: GrantName = 'refresh token'): Promise<TokenCredential> {
  const credential = sharedCredential(account.origin, grant)
  if (grant === 'refresh token') await credential.importTokens(account.tokens)
  return credential
}

/** One whose tokens are in the store already. */
export function sharedCredential(origin: string, grant: GrantName, store?: TokenStore): TokenCredential {
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
  return authorizationCode({
    ...options,
    authorizationUrl: `${origin}/authorize`,
    redirectUri: 'http://localhost:8080/callback',
  })
}

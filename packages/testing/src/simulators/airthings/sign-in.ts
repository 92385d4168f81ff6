import type { AuthorizationServer } from '../sign-in/authorization-server.ts'
import { idOf, type Ledger } from './ledger.ts'
import type { AirthingsSettings } from './options.ts'

/** `https://accounts.airthings.com/authorize`: of its parameters only `client_id` and `redirect_uri` are documented. */
export function airthingsSignIn(settings: AirthingsSettings, ledger: Ledger): AuthorizationServer {
  const [first, ...others] = settings.accounts
  const { clientId, applicationName: name, scopes, redirectUris, anyLoopbackPort } = settings
  return {
    vendor: 'Airthings',
    path: '/authorize',
    application: { clientId, name, scopes, redirectUris, anyLoopbackPort },
    accounts: [{ name: first }, ...others.map((other) => ({ name: other }))],
    rules: { responseType: 'optional', stateMinLength: 0, codeChallenge: 'optional', defaultScopes: scopes },
    allow: ({ redirectUri, scopes: allowed, codeChallenge }, account) => ({
      code: ledger.issueCode({ userId: idOf(account.name), scopes: allowed, redirectUri, codeChallenge }),
    }),
  }
}

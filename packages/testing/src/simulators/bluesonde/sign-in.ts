import { type AuthorizationServer, problem } from '../sign-in/authorization-server.ts'
import { type Ledger, newFamily } from './ledger.ts'
import type { BluesondeAccount, BluesondeSettings } from './options.ts'

/** Ory's servers refuse shorter ones. */
const STATE_MIN_LENGTH = 8

/** `https://auth.bluesonde.io/oauth2/auth`, after ory/fosite where Bluesonde's page is silent. */
export function bluesondeSignIn(settings: BluesondeSettings, ledger: Ledger): AuthorizationServer<BluesondeAccount> {
  const { client, applicationName: name, scopes, redirectUris, anyLoopbackPort, accounts } = settings
  return {
    vendor: 'Bluesonde',
    path: '/oauth2/auth',
    application: client && { clientId: client.id, name, scopes, redirectUris, anyLoopbackPort },
    accounts,
    roleOf: ({ role }) => role,
    rules: {
      responseType: 'required',
      stateMinLength: STATE_MIN_LENGTH,
      codeChallenge: client?.authentication === 'none' ? 'required' : 'optional',
      defaultScopes: [],
    },
    allow({ redirectUri, scopes: allowed, codeChallenge }, account) {
      const missing = scopes.find((scope) => !holds(account, scope))
      if (missing !== undefined) {
        return problem('access_denied', `The role ${account.role} lacks the scope "${missing}" of the application.`)
      }
      const family = newFamily(account.name, allowed)
      return { code: ledger.issueCode({ family, redirectUri, codeChallenge }), scope: allowed.join(' ') }
    },
  }
}

/** Without a list a role has every scope. */
function holds({ scopes }: BluesondeAccount, scope: string): boolean {
  return scope === 'offline_access' || (scopes?.includes(scope) ?? true)
}

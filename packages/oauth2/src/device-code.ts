import { memoryStore, requireText, systemClock } from '@valetkey/core'
import { createAccounts } from './accounts.ts'
import { refreshingGrant } from './base-grant.ts'
import type { DeviceCredential } from './device-credential.ts'
import { createDeviceSignIns } from './device-sign-ins.ts'
import { createGrantCredential } from './grant-credential.ts'
import { ownMembers } from './own-members.ts'
import { PACKAGE_NAME } from './package-name.ts'
import { resolveTokenEndpoint } from './resolve-token-endpoint.ts'
import type { OAuthOptions } from './token-endpoint.ts'
import { identityOfSignIn } from './token-endpoint.ts'

/**
 * Tokens that people give by signing in on another device (RFC 8628), for terminals and machines without a browser; renewed
 * by refresh token where the vendor gives one. Without a `clientSecret` the client is a public one.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function deviceCode(options: OAuthOptions): DeviceCredential {
  const own = ownMembers(options)
  const endpoint = resolveTokenEndpoint(own)
  if (own.issuer === undefined) requireText(PACKAGE_NAME, own, ['deviceAuthorizationUrl'])
  const { clock = systemClock() } = own
  const settings = { ...own, clock, store: own.store ?? memoryStore({ clock }) }
  const identity = identityOfSignIn(endpoint, 'device_code')
  const grant = refreshingGrant(endpoint)
  const signIns = createDeviceSignIns(endpoint, settings)

  const accountOf: (account: string) => DeviceCredential = createAccounts(
    settings,
    (options) => createGrantCredential(options, identity, grant),
    (credential, shared): DeviceCredential => {
      const close = () => signIns.end().then(shared.close)
      const extended: DeviceCredential = {
        ...credential,
        ...shared,
        close,
        [Symbol.asyncDispose]: close,
        beginSignIn: (begin) => signIns.begin(credential, begin?.signal),
        for: accountOf,
      }
      return Object.freeze(extended)
    },
  )
  return accountOf(own.account ?? 'default')
}

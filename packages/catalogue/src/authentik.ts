import {
  tokenExchange as byToken,
  defineVendor,
  clientCredentials as forProgram,
  password as forUser,
  deviceCode as onDevice,
  authorizationCode as signIn,
} from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'authentik',
  title: 'authentik',
  documentation: {
    'https://docs.goauthentik.io/add-secure-apps/providers/oauth2/': '2026-11-29',
    'https://docs.goauthentik.io/add-secure-apps/providers/oauth2/machine_to_machine/': '2026-11-29',
    'https://docs.goauthentik.io/add-secure-apps/providers/oauth2/device_code/': '2026-11-29',
    'https://docs.goauthentik.io/add-secure-apps/providers/oauth2/token_exchange/': '2026-11-29',
    'https://github.com/goauthentik/authentik/blob/main/authentik/providers/oauth2/utils.py': '2026-11-29',
  },
  placeholders: { domain: { is: 'host', about: 'the host of the authentik server, such as auth.boats.example.com' } },
  origins: ['https://{domain}'],
  authorizationUrl: 'https://{domain}/application/o/authorize/',
  tokenUrl: 'https://{domain}/application/o/token/',
  deviceAuthorizationUrl: 'https://{domain}/application/o/device/',
  revocationUrl: 'https://{domain}/application/o/revoke/',
  introspectionUrl: 'https://{domain}/application/o/introspect/',
  secret: 'optional',
  clientAuthentication: 'client_secret_post',
  // The API is the program's own.
  adjustable: ['origins'],
})

/** Tokens of users who sign in. The scope `offline_access` has to be selected in the provider, and asked for, for a refresh token. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
/** Tokens of users who sign in on another device. The brand needs a device code flow. */
export const deviceCode = /* @__PURE__ */ vendor(onDevice)
/** Tokens for a service account that authentik makes for the provider, or with Base64 of `username:app password` as secret for that user. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
/** Tokens for one user or service account, with an app password instead of the password. No client secret is needed. */
export const password = /* @__PURE__ */ vendor(forUser)
/** Tokens in exchange for one of a federated provider. The provider needs the grant type "Token exchange". */
export const tokenExchange = /* @__PURE__ */ vendor(byToken)

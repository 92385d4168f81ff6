import {
  tokenExchange as byToken,
  defineVendor,
  clientCredentials as forProgram,
  password as forUser,
  deviceCode as onDevice,
  authorizationCode as signIn,
} from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'keycloak',
  title: 'Keycloak',
  documentation: {
    'https://www.keycloak.org/securing-apps/oidc-layers': '2026-11-29',
    'https://www.keycloak.org/securing-apps/token-exchange': '2026-11-29',
    'https://github.com/keycloak/keycloak/blob/main/docs/documentation/server_admin/topics/sessions/offline.adoc':
      '2026-11-29',
  },
  placeholders: {
    host: { is: 'host', about: 'the host of the Keycloak server, such as "login.example.com"' },
    path: { is: 'path', about: 'the path of the Keycloak server, such as "/auth"', default: '' },
    realm: { is: 'segment', about: 'the name of the realm' },
  },
  secret: 'optional',
  // The API is the program's own.
  adjustable: ['origins'],
  origins: ['https://{host}'],
  authorizationUrl: '{path}/realms/{realm}/protocol/openid-connect/auth',
  tokenUrl: '{path}/realms/{realm}/protocol/openid-connect/token',
  revocationUrl: '{path}/realms/{realm}/protocol/openid-connect/revoke',
  introspectionUrl: '{path}/realms/{realm}/protocol/openid-connect/token/introspect',
  deviceAuthorizationUrl: '{path}/realms/{realm}/protocol/openid-connect/auth/device',
})

/** Tokens of users who sign in. A client without "Client authentication" has no secret. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
/** Tokens of users who sign in on another device. The client needs "OAuth 2.0 Device Authorization Grant". */
export const deviceCode = /* @__PURE__ */ vendor(onDevice)
/** Tokens for the program itself. The client needs "Service accounts roles". */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
/** Tokens for a user whose password the program holds. The client needs "Direct access grants"; Keycloak advises against it. */
export const password = /* @__PURE__ */ vendor(forUser)
/** Tokens in exchange for a token of the same realm. The client needs "Standard token exchange". */
export const tokenExchange = /* @__PURE__ */ vendor(byToken)

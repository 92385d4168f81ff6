import {
  tokenExchange as byToken,
  defineVendor,
  clientCredentials as forProgram,
  password as forUser,
  deviceCode as onDevice,
  authorizationCode as signIn,
} from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'auth0',
  title: 'Auth0',
  documentation: {
    'https://auth0.com/docs/api/authentication': '2026-11-29',
    'https://auth0.com/docs/api/authentication/refresh-token/refresh-token': '2026-11-29',
    'https://auth0.com/docs/api/authentication/revoke-refresh-token/revoke-refresh-token': '2026-11-29',
    'https://auth0.com/docs/api/authentication/device-authorization-flow/authorize-device': '2026-11-29',
    'https://auth0.com/docs/api/authentication/custom-token-exchange/get-token': '2026-11-29',
    'https://auth0.com/docs/api/authentication/client-credential-flow/get-token': '2026-11-29',
    'https://auth0.com/docs/secure/tokens/refresh-tokens/configure-refresh-token-rotation': '2026-11-29',
  },
  placeholders: {
    domain: { is: 'host', about: "the tenant's domain, such as boats.eu.auth0.com, or its custom domain" },
  },
  origins: ['https://{domain}'],
  authorizationUrl: 'https://{domain}/authorize',
  tokenUrl: 'https://{domain}/oauth/token',
  deviceAuthorizationUrl: 'https://{domain}/oauth/device/code',
  revocationUrl: 'https://{domain}/oauth/revoke',
  secret: 'optional',
  clientAuthentication: 'client_secret_post',
  // The API is the program's own.
  adjustable: ['origins', 'clientAuthentication'],
})

/** Tokens of users who sign in. A public application has no secret. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
/** Tokens of users who sign in on another device. The application is a native one, with the grant "Device Code". */
export const deviceCode = /* @__PURE__ */ vendor(onDevice)
/** Tokens for the program itself. The API has to be named: `tokenParameters: { audience }`. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
/** Tokens for a user whose password the program holds. The application needs the grant "Password". */
export const password = /* @__PURE__ */ vendor(forUser)
/** Tokens in exchange for your own token, which an Action of the tenant checks (Custom Token Exchange). */
export const tokenExchange = /* @__PURE__ */ vendor(byToken)

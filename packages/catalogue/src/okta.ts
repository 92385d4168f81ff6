import {
  defineVendor,
  clientCredentials as forProgram,
  deviceCode as onDevice,
  authorizationCode as signIn,
  password as withPassword,
} from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'okta',
  title: 'Okta',
  documentation: {
    'https://developer.okta.com/docs/guides/refresh-tokens/main/': '2026-11-29',
    'https://developer.okta.com/docs/guides/device-authorization-grant/main/': '2026-11-29',
    'https://developer.okta.com/docs/guides/revoke-tokens/main/': '2026-11-29',
    'https://developer.okta.com/docs/guides/implement-grant-type/clientcreds/main/': '2026-11-29',
    'https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/': '2026-11-29',
    'https://developer.okta.com/docs/concepts/manage-user-creds/': '2026-11-29',
    'https://developer.okta.com/docs/guides/ai-agent-cimd-registration/main/': '2026-11-29',
  },
  placeholders: {
    domain: { is: 'host', about: 'the host of the Okta organization, e.g. boats.okta.com' },
    server: {
      is: 'path',
      about: "the path of the authorization server: /oauth2 for the organization's own, or e.g. /oauth2/default",
      default: '/oauth2',
    },
  },
  secret: 'optional',
  // The API is the program's own.
  adjustable: ['origins'],
  origins: ['https://{domain}'],
  authorizationUrl: 'https://{domain}{server}/v1/authorize',
  tokenUrl: 'https://{domain}{server}/v1/token',
  revocationUrl: 'https://{domain}{server}/v1/revoke',
  deviceAuthorizationUrl: 'https://{domain}{server}/v1/device/authorize',
  lifetimes: { accessToken: 3600, refreshToken: 7_776_000 },
})

/** Tokens of users who sign in. "Refresh Token" has to be an allowed grant type of the app integration. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
/** Tokens of users who sign in on another device, for a native app integration that allows it. */
export const deviceCode = /* @__PURE__ */ vendor(onDevice)
/** Tokens for the program itself. For the scopes of Okta's own API (okta.*) it takes a `clientKey`, no secret. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
/** Tokens for one user whose password the program holds. */
export const password = /* @__PURE__ */ vendor(withPassword)

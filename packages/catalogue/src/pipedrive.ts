import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'pipedrive',
  title: 'Pipedrive',
  documentation: {
    'https://pipedrive.readme.io/docs/marketplace-oauth-authorization': '2026-11-29',
    'https://developers.pipedrive.com/docs/api/v1/Oauth': '2026-11-29',
    'https://github.com/pipedrive/client-nodejs': '2026-11-29',
  },
  origins: ['https://*.pipedrive.com'],
  authorizationUrl: 'https://oauth.pipedrive.com/oauth/authorize',
  tokenUrl: 'https://oauth.pipedrive.com/oauth/token',
  revocationUrl: 'https://oauth.pipedrive.com/oauth/revoke',
  scopeSeparator: ',',
  lifetimes: { idle: 5_184_000 },
})

/** Tokens that people give by installing the app. Scopes are set in the app; `api_domain` of the details is the host to call. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

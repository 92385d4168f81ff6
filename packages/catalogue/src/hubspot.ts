import { asRecord, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'hubspot',
  title: 'HubSpot',
  documentation: {
    'https://github.com/HubSpot/HubSpot-public-api-spec-collection/blob/main/PublicApiSpecs/Auth/Oauth/Rollouts/279897/2026-03/oauth.json':
      '2026-11-29',
    'https://github.com/HubSpot/oauth-quickstart-nodejs/blob/master/index.js': '2026-11-29',
    'https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens': '2026-11-29',
    'https://developers.hubspot.com/docs/api-reference/latest/authentication/oauth-tokens/revoke-token': '2026-11-29',
    'https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide': '2026-11-29',
    'https://developers.hubspot.com/docs/api-reference/legacy/authentication/oauth-tokens/v1/migration-guide':
      '2026-11-29',
  },
  origins: ['https://api.hubapi.com'],
  authorizationUrl: 'https://app.hubspot.com/oauth/authorize',
  tokenUrl: 'https://api.hubapi.com/oauth/2026-03/token',
  revocationUrl: 'https://api.hubapi.com/oauth/2026-03/token/revoke',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 1800 },
  normalize: ({ status, body }) => {
    const answer = asRecord(body)
    return { status, body: answer.status === 'BAD_REFRESH_TOKEN' ? { ...answer, error: 'invalid_grant' } : answer }
  },
})

/** Tokens for one HubSpot account, which a person gives by installing the app there. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

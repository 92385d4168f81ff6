import { asRecord, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'klaviyo',
  title: 'Klaviyo',
  documentation: {
    'https://developers.klaviyo.com/en/docs/set_up_oauth': '2026-11-29',
    'https://developers.klaviyo.com/en/docs/troubleshoot_oauth_errors': '2026-11-29',
    'https://github.com/klaviyo-labs/api-examples/blob/main/oauth/simple-node-example/index.js': '2026-11-29',
    'https://github.com/klaviyo/klaviyo-api-node/issues/84': '2026-11-29',
  },
  origins: ['https://a.klaviyo.com'],
  authorizationUrl: 'https://www.klaviyo.com/oauth/authorize',
  tokenUrl: 'https://a.klaviyo.com/oauth/token',
  revocationUrl: 'https://a.klaviyo.com/oauth/revoke',
  lifetimes: { accessToken: 3600, idle: 7_776_000 },
  normalize: ({ grantType, status, body }) => {
    const answer = asRecord(body)
    const isOver = grantType === 'refresh_token' && answer.error === 'invalid_grant_type'
    return { status, body: isOver ? { ...answer, error: 'invalid_grant' } : answer }
  },
})

/** Tokens for one Klaviyo account, which a person gives by installing the app. Klaviyo requires PKCE. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

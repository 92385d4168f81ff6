import { asRecord, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'slack',
  title: 'Slack',
  documentation: {
    'https://docs.slack.dev/authentication/installing-with-oauth': '2026-11-29',
    'https://docs.slack.dev/authentication/using-token-rotation': '2026-11-29',
    'https://docs.slack.dev/authentication/using-pkce': '2026-11-29',
    'https://docs.slack.dev/reference/methods/oauth.v2.access': '2026-11-29',
    'https://docs.slack.dev/reference/methods/oauth.v2.user.access': '2026-11-29',
  },
  variants: {
    tokenType: {
      bot: {},
      user: {
        authorizationUrl: 'https://slack.com/oauth/v2_user/authorize',
        tokenUrl: 'https://slack.com/api/oauth.v2.user.access',
      },
    },
    clientType: {
      confidential: {},
      public: { pkce: true, lifetimes: { accessToken: 43_200, refreshToken: 2_592_000, rotates: true } },
    },
  },
  origins: ['https://slack.com'],
  authorizationUrl: 'https://slack.com/oauth/v2/authorize',
  tokenUrl: 'https://slack.com/api/oauth.v2.access',
  secret: 'optional',
  scopeSeparator: ',',
  pkce: false,
  lifetimes: { accessToken: 43_200, refreshToken: 'endless', rotates: true },
  normalize: ({ status, body }) => {
    const answer = asRecord(body)
    if (answer.error === 'invalid_refresh_token') return { status, body: { ...answer, error: 'invalid_grant' } }
    return { status, body: 'access_token' in answer ? answer : { ...answer, ...asRecord(answer.authed_user) } }
  },
  refuses: async ({ json }) => asRecord(await json()).error === 'token_expired',
})

/**
 * Tokens that people give by installing the app in a workspace: those of the app's bot, or with the option `tokenType: 'user'`
 * their own. Token rotation has to be on in the app's settings, and PKCE for `clientType: 'public'`, which has no secret.
 */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

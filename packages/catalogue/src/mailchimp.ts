import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'mailchimp',
  title: 'Mailchimp',
  documentation: {
    'https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/': '2026-11-29',
  },
  origins: ['https://*.api.mailchimp.com', 'https://login.mailchimp.com'],
  authorizationUrl: 'https://login.mailchimp.com/oauth2/authorize',
  tokenUrl: 'https://login.mailchimp.com/oauth2/token',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 'endless', refreshToken: 'none' },
})

/** Tokens of users who sign in. They are good until the person takes the permission back; Mailchimp has no scopes. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

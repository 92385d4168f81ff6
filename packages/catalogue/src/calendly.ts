import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'calendly',
  title: 'Calendly',
  documentation: {
    'https://github.com/calendly/buzzwordcrm/blob/main/services/calendlyService.js': '2026-11-29',
    'https://developer.calendly.com/how-to-access-calendly-data-on-behalf-of-authenticated-users': '2026-11-29',
    'https://developer.calendly.com/api-docs/calendly-o-auth/o-auth/get-oauth-authorize': '2026-11-29',
    'https://developer.calendly.com/api-docs/calendly-o-auth/o-auth/post-oauth-refresh-token': '2026-11-29',
    'https://developer.calendly.com/refresh-token-rotation-guide': '2026-11-29',
  },
  origins: ['https://api.calendly.com'],
  authorizationUrl: 'https://auth.calendly.com/oauth/authorize',
  tokenUrl: 'https://auth.calendly.com/oauth/token',
  secret: 'optional',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 7200, refreshToken: 'endless', rotates: true },
})

/** Tokens of users who sign in. A native application has no secret. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

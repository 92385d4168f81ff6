import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'donation-alerts',
  title: 'DonationAlerts',
  documentation: { 'https://www.donationalerts.com/apidoc': '2026-11-29' },
  origins: ['https://www.donationalerts.com'],
  authorizationUrl: 'https://www.donationalerts.com/oauth/authorize',
  tokenUrl: 'https://www.donationalerts.com/oauth/token',
  clientAuthentication: 'client_secret_post',
})

/** Tokens of users who sign in. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

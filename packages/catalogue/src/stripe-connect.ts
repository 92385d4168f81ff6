import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'stripe-connect',
  title: 'Stripe Connect',
  documentation: {
    'https://docs.stripe.com/connect/oauth-reference': '2026-11-29',
    'https://github.com/stripe/stripe-node/blob/master/types/OAuth.d.ts': '2026-11-29',
  },
  origins: ['https://api.stripe.com', 'https://files.stripe.com'],
  authorizationUrl: 'https://connect.stripe.com/oauth/authorize',
  tokenUrl: 'https://connect.stripe.com/oauth/token',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 'endless' },
})

/** Tokens for the Stripe account that its owner connects to a platform. `clientSecret` is the secret API key of the platform. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

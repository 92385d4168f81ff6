import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'polar',
  title: 'Polar',
  documentation: {
    'https://polar.sh/docs/integrate/oauth2/connect': '2026-11-29',
    'https://polar.sh/docs/integrate/oauth2/setup': '2026-11-29',
    'https://polar.sh/docs/integrate/sandbox': '2026-11-29',
    'https://github.com/polarsource/polar/tree/main/server/polar/oauth2': '2026-11-29',
  },
  variants: {
    environment: {
      production: {},
      sandbox: {
        origins: ['https://sandbox-api.polar.sh'],
        authorizationUrl: 'https://sandbox.polar.sh/oauth2/authorize',
        tokenUrl: 'https://sandbox-api.polar.sh/v1/oauth2/token',
        revocationUrl: 'https://sandbox-api.polar.sh/v1/oauth2/revoke',
      },
    },
    client: {
      confidential: {},
      public: { revocationUrl: undefined },
    },
  },
  origins: ['https://api.polar.sh'],
  authorizationUrl: 'https://polar.sh/oauth2/authorize',
  tokenUrl: 'https://api.polar.sh/v1/oauth2/token',
  revocationUrl: 'https://api.polar.sh/v1/oauth2/revoke',
  secret: 'optional',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 864_000, rotates: true },
})

/** Tokens of users who sign in. Without a secret, the option `client` is `'public'`. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

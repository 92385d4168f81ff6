import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'square',
  title: 'Square',
  documentation: {
    'https://developer.squareup.com/docs/oauth-api/overview': '2026-11-29',
    'https://developer.squareup.com/docs/oauth-api/create-urls-for-square-authorization': '2026-11-29',
    'https://developer.squareup.com/docs/oauth-api/receive-and-manage-tokens': '2026-11-29',
    'https://developer.squareup.com/reference/square/oauth-api/obtain-token': '2026-11-29',
    'https://github.com/square/connect-api-specification': '2026-11-29',
  },
  variants: {
    environment: {
      production: {},
      sandbox: {
        origins: ['https://connect.squareupsandbox.com'],
        authorizationUrl: 'https://connect.squareupsandbox.com/oauth2/authorize',
        tokenUrl: 'https://connect.squareupsandbox.com/oauth2/token',
      },
    },
    flow: {
      code: { clientAuthentication: 'client_secret_post', pkce: false },
      pkce: {
        clientAuthentication: 'none',
        lifetimes: { accessToken: 2_592_000, refreshToken: 7_776_000, rotates: true },
      },
    },
  },
  origins: ['https://connect.squareup.com'],
  authorizationUrl: 'https://connect.squareup.com/oauth2/authorize',
  tokenUrl: 'https://connect.squareup.com/oauth2/token',
  encoding: 'json',
  secret: 'optional',
  lifetimes: { accessToken: 2_592_000, refreshToken: 'endless', rotates: false },
})

/** Tokens that sellers give by signing in. The option `flow` is `'pkce'` for a program that cannot keep a secret. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

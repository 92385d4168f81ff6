import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'square',
  title: 'Square',
  documentation: {
    'https://developer.squareup.com/docs/oauth-api/overview': '2026-11-29',
    'https://developer.squareup.com/docs/oauth-api/best-practices': '2026-11-29',
    'https://developer.squareup.com/docs/oauth-api/refresh-revoke-limit-scope': '2026-11-29',
    'https://developer.squareup.com/reference/square/o-auth/obtain-token': '2026-11-29',
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
      code: { secret: 'required', pkce: false },
      pkce: { lifetimes: { accessToken: 2_592_000, refreshToken: 7_776_000, rotates: true } },
    },
  },
  origins: ['https://connect.squareup.com'],
  authorizationUrl: 'https://connect.squareup.com/oauth2/authorize',
  tokenUrl: 'https://connect.squareup.com/oauth2/token',
  encoding: 'json',
  secret: 'optional',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 2_592_000, refreshToken: 'endless', rotates: false },
})

/** Tokens that sellers give by signing in. The option `flow` is `'pkce'` for a program that cannot keep a secret. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

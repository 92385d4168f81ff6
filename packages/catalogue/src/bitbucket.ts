import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'bitbucket',
  title: 'Bitbucket Cloud',
  documentation: {
    'https://developer.atlassian.com/cloud/bitbucket/oauth-2/': '2026-11-29',
    'https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/': '2026-11-29',
    'https://community.developer.atlassian.com/t/oauth-2-0-and-api-authentication-changes-for-bitbucket-cloud/99003':
      '2026-11-29',
  },
  origins: ['https://api.bitbucket.org'],
  authorizationUrl: 'https://bitbucket.org/site/oauth2/authorize',
  tokenUrl: 'https://bitbucket.org/site/oauth2/access_token',
  scopeFormat: 'omit',
  lifetimes: { idle: 7_776_000, rotates: true },
})

/** Tokens of users who sign in. The scopes are those of the OAuth consumer. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens for the workspace that owns the OAuth consumer. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)

import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'atlassian',
  title: 'Atlassian (Jira, Confluence)',
  documentation: {
    'https://developer.atlassian.com/cloud/oauth/getting-started/refresh-tokens': '2026-11-29',
    'https://support.atlassian.com/user-management/docs/create-oauth-2-0-credential-for-service-accounts': '2026-11-29',
  },
  origins: ['https://api.atlassian.com'],
  authorizationUrl: 'https://auth.atlassian.com/authorize',
  tokenUrl: 'https://auth.atlassian.com/oauth/token',
  encoding: 'json',
  clientAuthentication: 'client_secret_post',
  authorizationParameters: { audience: 'api.atlassian.com', prompt: 'consent' },
  lifetimes: { accessToken: 3600, idle: 7_776_000, rotates: true },
})

/** Tokens of users who sign in to an OAuth 2.0 (3LO) app. The scope `offline_access` gives a refresh token. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens of a service account, with an OAuth 2.0 credential that an administrator creates. Its scopes are those of the credential. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)

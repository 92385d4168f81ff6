import { jwtBearer as asUser, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'docusign',
  title: 'Docusign',
  documentation: {
    'https://www.docusign.com/blog/developers/authorization-code-grant-refresh-tokens': '2026-11-29',
    'https://github.com/docusign/docusign-esign-node-client': '2026-11-29',
  },
  variants: {
    environment: {
      production: {},
      developer: {
        origins: ['https://demo.docusign.net', 'https://account-d.docusign.com'],
        authorizationUrl: 'https://account-d.docusign.com/oauth/auth',
        tokenUrl: 'https://account-d.docusign.com/oauth/token',
      },
    },
  },
  origins: ['https://*.docusign.net', 'https://account.docusign.com'],
  authorizationUrl: 'https://account.docusign.com/oauth/auth',
  tokenUrl: 'https://account.docusign.com/oauth/token',
  secret: 'optional',
  lifetimes: { accessToken: 28_800, refreshToken: 2_592_000 },
})

/** Tokens of users who sign in. A client of the Public Authorization Code Grant has no secret. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/**
 * Tokens for a user who has consented before. The claims of the assertion are `iss` (the integration key), `sub` (the id of the
 * user), `aud` (`account.docusign.com`, without `https://`) and `scope` (`signature impersonation`).
 */
export const jwtBearer = /* @__PURE__ */ vendor(asUser)

import { customGrant, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'gusto',
  title: 'Gusto',
  documentation: {
    'https://github.com/Gusto/gusto-typescript-client/blob/main/.speakeasy/logs/changes/new.openapi.yaml': '2026-11-29',
    'https://github.com/Gusto/gusto-cli/blob/main/README.md': '2026-11-29',
    'https://docs.gusto.com/app-integrations/docs/oauth2': '2026-11-29',
    'https://docs.gusto.com/app-integrations/docs/authentication': '2026-11-29',
    'https://docs.gusto.com/embedded-payroll/docs/authentication-and-authorization': '2026-11-29',
    'https://docs.gusto.com/embedded-payroll/docs/company-access-tokens': '2026-11-29',
  },
  variants: {
    environment: {
      production: { origins: ['https://api.gusto.com'] },
      demo: { origins: ['https://api.gusto-demo.com'] },
    },
  },
  authorizationUrl: '/oauth/authorize',
  tokenUrl: '/oauth/token',
  encoding: 'json',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 7200 },
})

/** Tokens for one company, which its administrator gives by signing in. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens for the application itself, to create companies and subscribe to webhooks. */
export const systemAccess = /* @__PURE__ */ vendor(customGrant, { grantType: 'system_access' })

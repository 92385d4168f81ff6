import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

const data = {
  name: 'xero',
  title: 'Xero',
  documentation: {
    'https://developer.xero.com/documentation/guides/oauth2/auth-flow/': '2026-11-29',
    'https://developer.xero.com/documentation/oauth2/pkce-flow': '2026-11-29',
    'https://developer.xero.com/documentation/oauth2/custom-connections': '2026-11-29',
    'https://developer.xero.com/faq/oauth2': '2026-11-29',
    'https://github.com/XeroAPI/xero-node': '2026-11-29',
  },
  origins: ['https://api.xero.com'],
  tokenUrl: 'https://identity.xero.com/connect/token',
} as const

export const vendor = /* @__PURE__ */ defineVendor({
  ...data,
  authorizationUrl: 'https://login.xero.com/identity/connect/authorize',
  revocationUrl: 'https://identity.xero.com/connect/revocation',
  secret: 'optional',
  lifetimes: { accessToken: 1800, idle: 5_184_000, rotates: true, grace: 1800 },
})

/** Tokens of users who sign in. An app of the type "Auth Code with PKCE" has no client secret. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

const program = /* @__PURE__ */ defineVendor({ ...data, lifetimes: { accessToken: 1800, refreshToken: 'none' } })

/** Tokens for the program itself, of a Custom Connection: an app that one organisation has authorised. */
export const clientCredentials = /* @__PURE__ */ program(forProgram)

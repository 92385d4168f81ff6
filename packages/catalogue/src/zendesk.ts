import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

const data = {
  name: 'zendesk',
  title: 'Zendesk',
  documentation: {
    'https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/': '2026-11-29',
    'https://developer.zendesk.com/documentation/api-basics/authentication/refresh-token': '2026-11-29',
    'https://support.zendesk.com/hc/en-us/articles/4408845965210-Using-OAuth-authentication-with-your-application':
      '2026-11-29',
    'https://support.zendesk.com/hc/en-us/articles/10212201463962-Announcing-the-required-expiration-of-global-OAuth-access-and-refresh-tokens':
      '2026-11-29',
    'https://support.zendesk.com/hc/en-us/articles/115012709368--invalid-grant-error-when-requesting-an-OAuth-Token-':
      '2026-11-29',
  },
  placeholders: { subdomain: { is: 'label', about: "the subdomain of the account, 'boats' of boats.zendesk.com" } },
  origins: ['https://{subdomain}.zendesk.com'],
  tokenUrl: 'https://{subdomain}.zendesk.com/oauth/tokens',
  encoding: 'json',
  clientAuthentication: 'client_secret_post',
} as const

export const vendor = /* @__PURE__ */ defineVendor({
  ...data,
  authorizationUrl: 'https://{subdomain}.zendesk.com/oauth/authorizations/new',
  secret: 'optional',
  lifetimes: { refreshToken: 2_592_000, rotates: true },
})

/** Tokens of users who sign in. A public client has no client secret. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

const confidential = /* @__PURE__ */ defineVendor(data)

/** Tokens for the program itself. Only confidential clients may have them. */
export const clientCredentials = /* @__PURE__ */ confidential(forProgram)

import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'forty-two',
  title: '42',
  documentation: {
    'https://api.intra.42.fr/apidoc/guides/getting_started': '2026-11-29',
    'https://api.intra.42.fr/apidoc/guides/web_application_flow': '2026-11-29',
  },
  origins: ['https://api.intra.42.fr'],
  authorizationUrl: 'https://api.intra.42.fr/oauth/authorize',
  tokenUrl: 'https://api.intra.42.fr/oauth/token',
  clientAuthentication: 'client_secret_post',
})

/** Tokens that students and staff give by signing in to the intranet of 42. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens for the program itself. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)

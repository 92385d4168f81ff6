import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'mercado-pago',
  title: 'Mercado Pago',
  documentation: {
    'https://www.mercadopago.com.br/developers/en/docs/oauth/renewal': '2026-11-29',
    'https://mercadopago.com.br/developers/es/reference/oauth/_oauth_token/post': '2026-11-29',
    'https://github.com/mercadopago/sdk-nodejs/tree/master/src/clients/oAuth': '2026-11-29',
  },
  origins: ['https://api.mercadopago.com'],
  authorizationUrl: 'https://auth.mercadopago.com/authorization',
  tokenUrl: 'https://api.mercadopago.com/oauth/token',
  encoding: 'json',
  clientAuthentication: 'client_secret_post',
  authorizationParameters: { platform_id: 'mp' },
  lifetimes: { accessToken: 15_552_000 },
})

/** Tokens that sellers give by signing in. PKCE has to be on in the settings of the application. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens for the account of the application itself. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)

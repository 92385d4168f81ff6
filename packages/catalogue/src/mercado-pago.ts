import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'mercado-pago',
  title: 'Mercado Pago',
  documentation: {
    'https://www.mercadopago.com.br/developers/en/docs/security/oauth/creation': '2026-11-29',
    'https://www.mercadopago.com.br/developers/en/docs/security/oauth/renewal': '2026-11-29',
    'https://www.mercadopago.com.br/developers/en/reference/oauth/_oauth_token/post': '2026-11-29',
  },
  origins: ['https://api.mercadopago.com'],
  authorizationUrl: 'https://auth.mercadopago.com/authorization',
  tokenUrl: 'https://api.mercadopago.com/oauth/token',
  encoding: 'json',
  clientAuthentication: 'client_secret_post',
  authorizationParameters: { platform_id: 'mp' },
  lifetimes: { accessToken: 15_552_000, refreshToken: 15_552_000 },
})

/** Tokens that sellers give by signing in. PKCE has to be on in the settings of the application. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens for the account of the application itself, for 6 hours each. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)

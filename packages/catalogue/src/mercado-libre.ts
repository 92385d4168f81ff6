import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'mercado-libre',
  title: 'Mercado Libre',
  documentation: {
    'https://developers.mercadolibre.com.mx/en_us/authentication-and-authorization': '2026-11-29',
    'https://developers.mercadolibre.com.ar/autenticacion-y-autorizacion': '2026-11-29',
  },
  placeholders: {
    authorizationHost: {
      is: 'host',
      about:
        "the authorization host of the seller's country, e.g. auth.mercadolibre.com.ar or auth.mercadolivre.com.br",
    },
  },
  origins: ['https://api.mercadolibre.com'],
  authorizationUrl: 'https://{authorizationHost}/authorization',
  tokenUrl: 'https://api.mercadolibre.com/oauth/token',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 21_600, refreshToken: 15_552_000, rotates: true },
})

/** Tokens that sellers give by signing in. The scope `offline_access` has to be on in the settings of the application. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'harvest',
  title: 'Harvest',
  documentation: {
    'https://help.getharvest.com/api-v2/introduction/overview/general/': '2026-11-29',
    'https://help.getharvest.com/api-v2/authentication-api/authentication/authentication/': '2026-11-29',
  },
  origins: ['https://api.harvestapp.com', 'https://id.getharvest.com'],
  authorizationUrl: 'https://id.getharvest.com/oauth2/authorize',
  tokenUrl: 'https://id.getharvest.com/api/v2/oauth2/token',
  clientAuthentication: 'client_secret_post',
})

/** Tokens of users who sign in. Each API request needs also the header `Harvest-Account-Id`. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

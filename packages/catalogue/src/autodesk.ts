import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'autodesk',
  title: 'Autodesk Platform Services',
  documentation: {
    'https://aps.autodesk.com/en/docs/oauth/v2/reference/http/gettoken-POST': '2026-11-29',
    'https://github.com/autodesk-platform-services/aps-sdk-openapi/blob/main/authentication/authentication.yaml':
      '2026-11-29',
    'https://github.com/autodesk-platform-services/aps-sdk-node/blob/main/authentication/source/api/tokenApi.ts':
      '2026-11-29',
    'https://aps.autodesk.com/blog/migration-guide-oauth2-v1-v2': '2026-11-29',
    'https://aps.autodesk.com/node/734': '2026-11-29',
  },
  origins: ['https://developer.api.autodesk.com'],
  authorizationUrl: 'https://developer.api.autodesk.com/authentication/v2/authorize',
  tokenUrl: 'https://developer.api.autodesk.com/authentication/v2/token',
  revocationUrl: 'https://developer.api.autodesk.com/authentication/v2/revoke',
  secret: 'optional',
  lifetimes: { accessToken: 3600, refreshToken: 1_296_000, rotates: true },
})

/** Three-legged tokens, which people give by signing in. A desktop, mobile or single-page app has no secret. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Two-legged tokens, for the program itself. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)

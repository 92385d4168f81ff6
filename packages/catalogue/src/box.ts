import {
  jwtBearer as byAssertion,
  defineVendor,
  clientCredentials as forProgram,
  authorizationCode as signIn,
} from '@valetkey/oauth2'

const data = {
  name: 'box',
  title: 'Box',
  documentation: {
    'https://developer.box.com/guides/authentication/oauth2/without-sdk/': '2026-11-29',
    'https://developer.box.com/guides/authentication/client-credentials/': '2026-11-29',
    'https://developer.box.com/guides/authentication/jwt/without-sdk/': '2026-11-29',
    'https://developer.box.com/guides/authentication/tokens/refresh/': '2026-11-29',
    'https://developer.box.com/guides/authentication/tokens/revoke/': '2026-11-29',
    'https://developer.box.com/guides/api-calls/permissions-and-errors/expiration/': '2026-11-29',
    'https://github.com/box/box-openapi/blob/main/openapi.json': '2026-11-29',
  },
  origins: ['https://api.box.com', 'https://upload.box.com'],
  authorizationUrl: 'https://account.box.com/api/oauth2/authorize',
  tokenUrl: 'https://api.box.com/oauth2/token',
  revocationUrl: 'https://api.box.com/oauth2/revoke',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 3600, refreshToken: 5_184_000, rotates: true },
} as const

export const vendor = /* @__PURE__ */ defineVendor(data)

/** Tokens of users who sign in to a Platform App with OAuth 2.0. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
/** Tokens of a service account or a user, for a JWT that the app's key signs. An administrator has to authorize the app. */
export const jwtBearer = /* @__PURE__ */ vendor(byAssertion)

const server = /* @__PURE__ */ defineVendor({
  ...data,
  placeholders: {
    subjectType: { is: 'segment', about: "'enterprise' or 'user'", default: 'enterprise' },
    subjectId: { is: 'segment', about: 'the id of the enterprise or the user' },
  },
  tokenParameters: { box_subject_type: '{subjectType}', box_subject_id: '{subjectId}' },
})

/** Tokens of a service account or a user, by Client Credentials Grant. An administrator has to authorize the app. */
export const clientCredentials = /* @__PURE__ */ server(forProgram)

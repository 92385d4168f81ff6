import {
  defineVendor,
  jwtBearer as forAccount,
  deviceCode as onDevice,
  authorizationCode as signIn,
} from '@valetkey/oauth2'

const data = {
  name: 'google',
  title: 'Google',
  documentation: {
    'https://developers.google.com/identity/protocols/oauth2': '2026-11-29',
    'https://developers.google.com/identity/protocols/oauth2/web-server': '2026-11-29',
    'https://developers.google.com/identity/protocols/oauth2/native-app': '2026-11-29',
    'https://developers.google.com/identity/protocols/oauth2/limited-input-device': '2026-11-29',
    'https://developers.google.com/identity/protocols/oauth2/service-account': '2026-11-29',
    'https://github.com/googleapis/google-auth-library-nodejs/blob/main/README.md': '2026-11-29',
    'https://github.com/golang/oauth2/blob/master/endpoints/endpoints.go': '2026-11-29',
  },
  origins: ['https://*.googleapis.com'],
  authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
  tokenUrl: 'https://oauth2.googleapis.com/token',
  revocationUrl: 'https://oauth2.googleapis.com/revoke',
  deviceAuthorizationUrl: 'https://oauth2.googleapis.com/device/code',
  lifetimes: { idle: 15_552_000, rotates: false },
} as const

export const vendor = /* @__PURE__ */ defineVendor({
  ...data,
  secret: 'optional',
  authorizationParameters: { access_type: 'offline' },
})

/** Tokens of users who sign in. Clients for Android, iOS and Windows apps have no secret, all others have one. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

const device = /* @__PURE__ */ defineVendor(data)

/** Tokens that people give to a TV or a device without a browser. The client is of the type "TVs and Limited Input devices". */
export const deviceCode = /* @__PURE__ */ device(onDevice)

const serviceAccount = /* @__PURE__ */ defineVendor({ ...data, secret: 'none' })

/** Tokens of a service account: `iss` is its e-mail address, `scope` holds the scopes, `sub` a user of a Workspace domain who is acted for. */
export const jwtBearer = /* @__PURE__ */ serviceAccount(forAccount)

import { customGrant, defineVendor, deviceCode as onDevice, authorizationCode as signIn } from '@valetkey/oauth2'

const data = {
  name: 'zoom',
  title: 'Zoom',
  documentation: {
    'https://developers.zoom.us/docs/rooms/oauth/': '2026-11-29',
    'https://developers.zoom.us/docs/rooms/s2s-oauth/': '2026-11-29',
    'https://developers.zoom.us/blog/device-authorization/': '2026-11-29',
  },
  origins: ['https://api.zoom.us'],
  tokenUrl: 'https://zoom.us/oauth/token',
  revocationUrl: 'https://zoom.us/oauth/revoke',
} as const

export const vendor = /* @__PURE__ */ defineVendor({
  ...data,
  authorizationUrl: 'https://zoom.us/oauth/authorize',
  deviceAuthorizationUrl: 'https://zoom.us/oauth/devicecode',
  lifetimes: { accessToken: 3600, rotates: true },
})

/** Tokens of users who sign in. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens that people give with a code that a device shows. "Use App on Device" has to be on in the app's settings. */
export const deviceCode = /* @__PURE__ */ vendor(onDevice)

const serverToServer = /* @__PURE__ */ defineVendor({
  ...data,
  placeholders: { accountId: { is: 'segment', about: 'the account id of the Server-to-Server OAuth app' } },
})

/** Tokens for the program itself, of a Server-to-Server OAuth app. */
export const accountCredentials = /* @__PURE__ */ serverToServer(customGrant, {
  grantType: 'account_credentials',
  parameters: { account_id: '{accountId}' },
})
